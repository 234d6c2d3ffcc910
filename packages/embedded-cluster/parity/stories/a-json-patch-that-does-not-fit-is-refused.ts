import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a', { x: '1' }));
  await scene.patch('v1/configmaps', 'a', 'json', [{ op: 'test', path: '/data/x', value: '2' }]);
  await scene.patch('v1/configmaps', 'a', 'json', [{ op: 'replace', path: '/data/nothing', value: '2' }]);
  await scene.patch('v1/configmaps', 'a', 'json', [{ op: 'remove', path: '/data/nothing' }]);
  await scene.patch('v1/configmaps', 'a', 'json', [
    { op: 'add', path: '/metadata/annotations/x', value: '2' },
  ]);
  await scene.patch('v1/configmaps', 'a', 'json', [{ op: 'test', path: '/data/nothing', value: 'x' }]);
  await scene.patch('v1/configmaps', 'a', 'json', [{ op: 'move', from: '/data/nothing', path: '/data/y' }]);
});
