import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', {
    ...configMap('a'),
    metadata: { name: 'a', labels: { watched: 'yes' } },
  });
  await scene.watch(scene.at('v1/configmaps', undefined, undefined, { labelSelector: 'watched' }), 2, () =>
    scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'blue' } }),
  );
});
