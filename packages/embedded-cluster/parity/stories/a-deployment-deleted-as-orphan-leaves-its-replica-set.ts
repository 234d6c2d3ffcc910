import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web'));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.remove('apps/v1/deployments', 'web', { propagationPolicy: 'Orphan' });
  await scene.until(scene.at('apps/v1/deployments', 'web'), (_d, status) => status === 404);
  await scene.settled(
    scene.at('apps/v1/replicasets'),
    (l) => l.items.length === 1 && !l.items[0].metadata.ownerReferences,
  );
  await scene.settled(scene.at('v1/pods'), (l) => l.items.length === 2);
});
