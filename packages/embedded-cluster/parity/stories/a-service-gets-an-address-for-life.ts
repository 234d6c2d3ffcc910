import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/services', {
    metadata: { name: 's' },
    spec: { selector: { app: 's' }, ports: [{ port: 80 }] },
  });
  await scene.patch('v1/services', 's', 'merge', { spec: { clusterIP: '10.0.0.99' } });
  await scene.patch('v1/services', 's', 'merge', {
    spec: { ports: [{ port: 81, targetPort: 'http', name: 'web' }] },
  });
  await scene.replace('v1/services', { metadata: { name: 's' }, spec: { ports: [{ port: 82 }] } });
});
