import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'));
  await scene.remove('v1/configmaps', 'a');
  await scene.read('v1/configmaps', 'a');
  await scene.create('v1/secrets', { metadata: { name: 'a' } });
  await scene.remove('v1/secrets', 'a', { apiVersion: 'v1', kind: 'DeleteOptions' });
  await scene.create('v1/services', { metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } });
  await scene.remove('v1/services', 'a');
});
