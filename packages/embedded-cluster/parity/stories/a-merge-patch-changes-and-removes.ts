import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', {
    ...configMap('a', { x: '1', y: '2' }),
    metadata: { name: 'a', labels: { l: '1' } },
  });
  await scene.patch('v1/configmaps', 'a', 'merge', {
    data: { x: '3', y: null, z: '4' },
    metadata: { labels: null },
  });
  await scene.patch('v1/configmaps', 'a', 'merge', { data: null });
});
