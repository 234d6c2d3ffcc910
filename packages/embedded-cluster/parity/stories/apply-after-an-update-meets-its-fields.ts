import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a', { x: '1' }));
  await scene.apply('v1/configmaps', configMap('a', { x: '2' }), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { x: '1', y: '1' }), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { x: '2', y: '1' }), {
    fieldManager: 'one',
    force: true,
  });
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { y: '2' } });
  await scene.apply('v1/configmaps', configMap('a', { x: '2', y: '1' }), { fieldManager: 'one' });
});
