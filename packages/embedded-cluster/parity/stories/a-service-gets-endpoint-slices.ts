import { pod } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/services', {
    metadata: { name: 's' },
    spec: { selector: { app: 's' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await scene.create('v1/pods', { ...pod('p'), metadata: { name: 'p', labels: { app: 's' } } });
  await scene.settled(scene.at('discovery.k8s.io/v1/endpointslices'), (l) => l.items.length === 1);
  await scene.settled(scene.at('v1/endpoints', 's'), (e) => e.metadata);
});
