import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', {
    ...configMap('a'),
    metadata: { name: 'a', finalizers: ['example.com/hold'] },
  });
  await scene.remove('v1/configmaps', 'a');
  await scene.read('v1/configmaps', 'a');
  await scene.remove('v1/configmaps', 'a');
  await scene.patch('v1/configmaps', 'a', 'merge', {
    metadata: { finalizers: ['example.com/hold', 'example.com/late'] },
  });
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { still: 'writable' } });
  await scene.create('v1/configmaps', configMap('a'));
  await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { finalizers: null } });
  await scene.read('v1/configmaps', 'a');
});
