import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.patch('apps/v1/deployments', 'web', 'merge', {
    metadata: { annotations: { 'example.com/baseline': '3' }, labels: { not: 'copied' } },
  });
  await scene.settled(
    scene.at('apps/v1/replicasets'),
    (l) => l.items[0]?.metadata.annotations['example.com/baseline'],
  );
  await scene.patch('apps/v1/deployments', 'web', 'merge', {
    metadata: { annotations: { 'example.com/baseline': null } },
  });
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items.length === 1);
});
