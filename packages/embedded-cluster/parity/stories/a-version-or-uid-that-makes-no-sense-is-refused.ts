import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.create('v1/configmaps', { ...configMap('b'), metadata: { name: 'b', resourceVersion: '1' } });
  await scene.replace('v1/configmaps', { ...made, metadata: { ...made.metadata, resourceVersion: 'abc' } });
  await scene.replace('v1/configmaps', {
    ...made,
    metadata: { ...made.metadata, uid: '00000000-0000-4000-8000-000000000000' },
  });
  await scene.replace('v1/configmaps', {
    ...made,
    metadata: { ...made.metadata, uid: undefined, creationTimestamp: '2020-01-01T00:00:00Z' },
  });
});
