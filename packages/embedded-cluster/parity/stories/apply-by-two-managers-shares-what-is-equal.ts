import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.apply('v1/configmaps', configMap('a', { x: '1', y: '1' }), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { x: '1', z: '1' }), { fieldManager: 'two' });
  await scene.apply('v1/configmaps', configMap('a', { y: '1' }), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { z: '1' }), { fieldManager: 'two' });
});
