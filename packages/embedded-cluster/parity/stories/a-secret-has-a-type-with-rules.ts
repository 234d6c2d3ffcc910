import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/secrets', { metadata: { name: 'a' }, type: 'kubernetes.io/tls', data: {} });
  await scene.create('v1/secrets', {
    metadata: { name: 'a' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': 'bm8=' },
  });
  await scene.create('v1/secrets', {
    metadata: { name: 'a' },
    type: 'kubernetes.io/basic-auth',
    stringData: {},
  });
  await scene.create('v1/secrets', {
    metadata: { name: 'a' },
    type: 'kubernetes.io/ssh-auth',
    stringData: {},
  });
  await scene.create('v1/secrets', {
    metadata: { name: 'a' },
    type: 'example.com/own',
    stringData: { x: '1' },
  });
  await scene.patch('v1/secrets', 'a', 'merge', { type: 'Opaque' });
});
