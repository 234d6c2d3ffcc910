import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/services', {
    metadata: { name: 'headless' },
    spec: { clusterIP: 'None', selector: { app: 's' }, ports: [{ port: 80 }] },
  });
  await scene.create('v1/services', {
    metadata: { name: 'external' },
    spec: { type: 'ExternalName', externalName: 'example.com' },
  });
  await scene.create('v1/services', {
    metadata: { name: 'nodes' },
    spec: {
      type: 'NodePort',
      selector: { app: 's' },
      ports: [{ port: 80 }, { port: 81, name: 'other' }].map((p, i) => ({ name: `p${i}`, ...p })),
    },
  });
  await scene.create('v1/services', {
    metadata: { name: 'balanced' },
    spec: { type: 'LoadBalancer', selector: { app: 's' }, ports: [{ port: 80 }] },
  });
  await scene.patch('v1/services', 'nodes', 'merge', { spec: { type: 'ClusterIP' } });
});
