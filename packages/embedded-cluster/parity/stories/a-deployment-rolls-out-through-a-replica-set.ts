import type { Json } from '../client.ts';
import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', {
    ...deployment('web'),
    metadata: {
      name: 'web',
      labels: { l: '1' },
      annotations: { 'example.com/note': 'n', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    },
  });
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items[0].status.replicas === 2);
  await scene.settled(
    scene.at('v1/pods'),
    (l) => l.items.length === 2 && l.items.every((p: Json) => p.status.conditions),
  );
});
