import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'));
  await scene.read('v1/configmaps', 'a');
});
