import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a', { x: '1', y: '2' }));
  await scene.patch('v1/configmaps', 'a', 'json', [
    { op: 'test', path: '/data/x', value: '1' },
    { op: 'replace', path: '/data/x', value: '3' },
    { op: 'add', path: '/data/z', value: '4' },
    { op: 'move', from: '/data/y', path: '/data/moved' },
    { op: 'copy', from: '/data/z', path: '/data/copied' },
    { op: 'remove', path: '/data/z' },
    { op: 'add', path: '/metadata/labels', value: { 'a/b': 'c' } },
    { op: 'add', path: '/metadata/labels/a~1c', value: 'd' },
  ]);
});
