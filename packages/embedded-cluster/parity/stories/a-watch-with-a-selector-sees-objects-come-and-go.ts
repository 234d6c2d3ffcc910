import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const { metadata } = await scene.list('v1/configmaps', { labelSelector: 'tier=a' });
  await scene.watch(
    scene.at('v1/configmaps', undefined, undefined, {
      labelSelector: 'tier=a',
      resourceVersion: metadata.resourceVersion,
    }),
    4,
    async () => {
      await scene.create('v1/configmaps', configMap('a'));
      await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { labels: { tier: 'a' } } });
      await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'blue' } });
      await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { labels: { tier: 'b' } } });
      await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'green' } });
      await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { labels: { tier: 'a' } } });
    },
  );
});
