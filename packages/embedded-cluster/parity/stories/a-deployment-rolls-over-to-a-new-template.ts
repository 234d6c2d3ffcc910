import type { Json } from '../client.ts';
import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 3 }));
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.patch('apps/v1/deployments', 'web', 'strategic', {
    spec: { template: { spec: { containers: [{ name: 'main', image: 'example.com/busybox:1' }] } } },
  });
  const { status } = await scene.until(
    scene.at('apps/v1/deployments', 'web'),
    (d) => d.status.observedGeneration === 2 && (d.status.updatedReplicas ?? 0) > 0,
  );
  // Whether the condition still says that the ReplicaSet was created or already that it progresses is a race.
  const { conditions, observedGeneration } = status;
  scene.entries.push({
    step: 'in between',
    body: { observedGeneration, conditions: conditions.map((c: Json) => [c.type, c.status]) },
  });
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items.length === 2);
});
