import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', { ...configMap('a'), metadata: { name: 'a', namespace: 'elsewhere' } });
  await scene.create('v1/configmaps', {
    ...configMap('a'),
    metadata: { name: 'a', namespace: scene.namespace },
  });
  await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { namespace: 'elsewhere' } });
  await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { name: 'b' } });
});
