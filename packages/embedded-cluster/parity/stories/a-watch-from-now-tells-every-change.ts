import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const { metadata } = await scene.list('v1/configmaps', { labelSelector: 'watched' });
  await scene.watch(
    scene.at('v1/configmaps', undefined, undefined, {
      labelSelector: 'watched',
      resourceVersion: metadata.resourceVersion,
    }),
    3,
    async () => {
      await scene.create('v1/configmaps', {
        ...configMap('a'),
        metadata: { name: 'a', labels: { watched: 'yes' } },
      });
      await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'blue' } });
      await scene.remove('v1/configmaps', 'a');
    },
  );
});
