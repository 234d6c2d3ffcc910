import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.apply('v1/configmaps', configMap('a', { x: '1', y: '1' }), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { x: '2' }), { fieldManager: 'two' });
  await scene.apply('v1/configmaps', configMap('a', { x: '2', y: '2' }), { fieldManager: 'two' });
  await scene.apply('v1/configmaps', configMap('a', { x: '2' }), { fieldManager: 'two', force: true });
  await scene.apply('v1/configmaps', configMap('a', { x: '1', y: '1' }), { fieldManager: 'one' });
});
