import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', {
    ...configMap('a'),
    metadata: { name: 'a', labels: { x: '1' }, annotations: { y: '2' } },
  });
  await scene.replace('v1/configmaps', configMap('a', { other: 'data' }));
  await scene.replace('v1/configmaps', {
    ...made,
    metadata: { ...made.metadata, resourceVersion: undefined },
    data: undefined,
  });
});
