import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', {
    ...configMap('a'),
    metadata: { name: 'a', finalizers: ['example.com/a', 'example.com/b'] },
  });
  await scene.patch('v1/configmaps', 'a', 'strategic', { metadata: { finalizers: ['example.com/c'] } });
  await scene.patch('v1/configmaps', 'a', 'strategic', {
    metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] },
  });
  await scene.patch('v1/configmaps', 'a', 'strategic', {
    metadata: { '$setElementOrder/finalizers': ['example.com/c', 'example.com/b'] },
  });
  await scene.patch('v1/configmaps', 'a', 'strategic', { data: { $patch: 'replace', only: 'this' } });
  await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { finalizers: null } });
});
