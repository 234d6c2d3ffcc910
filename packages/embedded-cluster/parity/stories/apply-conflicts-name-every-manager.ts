import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.apply('v1/configmaps', configMap('a', { x: '1', y: '1' }), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { x: '1', z: '1' }), { fieldManager: 'two' });
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { w: '1' } }, { fieldManager: 'three' });
  await scene.apply('v1/configmaps', configMap('a', { w: '2', x: '2', y: '2', z: '2' }), {
    fieldManager: 'four',
  });
});
