import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.apply('v1/configmaps', configMap('a'), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a'), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { colour: 'blue', more: 'x' }), { fieldManager: 'one' });
});
