import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.remove('v1/configmaps', 'a', {
    preconditions: { uid: '00000000-0000-4000-8000-000000000000' },
  });
  await scene.remove('v1/configmaps', 'a', { preconditions: { resourceVersion: '1' } });
  await scene.remove('v1/configmaps', 'a', {
    preconditions: { uid: made.metadata.uid, resourceVersion: made.metadata.resourceVersion },
  });
});
