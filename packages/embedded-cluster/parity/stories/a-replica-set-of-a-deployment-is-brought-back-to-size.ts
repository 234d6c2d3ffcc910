import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 1 }));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  const { items } = await scene.until(
    scene.at('apps/v1/replicasets'),
    (l) => l.items[0]?.status.replicas === 1,
  );
  const path = scene.at('apps/v1/replicasets', items[0].metadata.name);
  await scene.client.send({
    method: 'PATCH',
    path,
    contentType: 'application/merge-patch+json',
    body: { spec: { replicas: 3 } },
  });
  await scene.settled(
    path,
    (r) =>
      r.metadata.generation >= 3 &&
      r.spec.replicas === 1 &&
      r.status.replicas === 1 &&
      r.status.observedGeneration === r.metadata.generation,
  );
});
