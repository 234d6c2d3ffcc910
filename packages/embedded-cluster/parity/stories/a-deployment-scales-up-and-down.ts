import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 1 }));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.patch('apps/v1/deployments', 'web', 'merge', { spec: { replicas: 3 } });
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items[0].status.replicas === 3);
  await scene.patch('apps/v1/deployments', 'web', 'merge', { spec: { replicas: 0 } });
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items[0].status.replicas === 0);
  await scene.settled(scene.at('v1/pods'), (l) => l.items.length === 0);
});
