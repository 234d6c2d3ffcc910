import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.apply('v1/configmaps', configMap('a'), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { colour: 'blue' }), { fieldManager: 'one' });
  await scene.apply(
    'v1/configmaps',
    { ...configMap('a'), metadata: { name: 'a', resourceVersion: made.metadata.resourceVersion } },
    { fieldManager: 'one' },
  );
});
