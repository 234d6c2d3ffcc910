import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/services', { metadata: { name: 's' }, spec: {} });
  await scene.create('v1/services', { metadata: { name: 's' } });
  await scene.create('v1/services', { metadata: { name: 's' }, spec: { ports: [{ port: 0 }] } });
  await scene.create('v1/services', {
    metadata: { name: 's' },
    spec: { ports: [{ port: 80 }, { port: 81 }] },
  });
  await scene.create('v1/services', {
    metadata: { name: 's' },
    spec: {
      ports: [
        { port: 80, name: 'a' },
        { port: 81, name: 'a' },
      ],
    },
  });
  await scene.create('v1/services', {
    metadata: { name: 's' },
    spec: { type: 'Sideways', ports: [{ port: 80 }] },
  });
  await scene.create('v1/services', {
    metadata: { name: 's' },
    spec: { clusterIP: 'nonsense', ports: [{ port: 80 }] },
  });
  await scene.create('v1/services', { metadata: { name: 's' }, spec: { type: 'ExternalName' } });
});
