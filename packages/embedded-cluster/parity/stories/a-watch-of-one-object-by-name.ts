import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.watch(
    scene.at('v1/configmaps', undefined, undefined, {
      fieldSelector: 'metadata.name=a',
      resourceVersion: made.metadata.resourceVersion,
    }),
    2,
    async () => {
      await scene.create('v1/configmaps', configMap('b'));
      await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'blue' } });
      await scene.remove('v1/configmaps', 'a');
    },
  );
});
