import type { Json } from '../client.ts';
import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { paused: true }));
  await scene.settled(scene.at('apps/v1/deployments', 'web'), (d) => d.status?.observedGeneration === 1);
  await scene.list('apps/v1/replicasets');
  await scene.patch('apps/v1/deployments', 'web', 'merge', { spec: { paused: null } });
  await scene.settled(
    scene.at('apps/v1/deployments', 'web'),
    (d) => isRolledOut(d) && d.status.conditions?.some((c: Json) => c.reason === 'ReplicaSetUpdated'),
  );
});
