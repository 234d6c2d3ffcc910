import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a', { 'bad key!': 'x', '..': 'x' }));
  await scene.create('v1/configmaps', {
    metadata: { name: 'a' },
    data: { x: '1' },
    binaryData: { x: 'eA==' },
  });
  await scene.create('v1/configmaps', { metadata: { name: 'a' }, binaryData: { x: '!!' } });
  await scene.create('v1/configmaps', { metadata: { name: 'a' }, binaryData: { x: 'eA==' } });
  await scene.create('v1/configmaps', { metadata: { name: 'b' }, data: null });
});
