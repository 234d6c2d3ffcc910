import { pod, podTemplate } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/pods', { ...pod('stray'), metadata: { name: 'stray', labels: { app: 'rs' } } });
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'rs' } }, template: podTemplate('rs') },
  };
  await scene.create('apps/v1/replicasets', set);
  await scene.settled(scene.at('apps/v1/replicasets', 'rs'), (r) => r.status?.replicas === 1);
  await scene.settled(
    scene.at('v1/pods'),
    (l) => l.items.length === 1 && l.items[0].metadata.ownerReferences,
  );
});
