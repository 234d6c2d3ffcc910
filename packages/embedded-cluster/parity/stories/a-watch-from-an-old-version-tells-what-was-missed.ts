import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'blue' } });
  await scene.create('v1/configmaps', configMap('b'));
  await scene.remove('v1/configmaps', 'a');
  await scene.watch(
    scene.at('v1/configmaps', undefined, undefined, { resourceVersion: made.metadata.resourceVersion }),
    3,
  );
});
