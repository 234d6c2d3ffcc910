import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { strategy: { type: 'Recreate' } }));
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.patch('apps/v1/deployments', 'web', 'strategic', {
    spec: { template: { spec: { containers: [{ name: 'main', image: 'example.com/busybox:1' }] } } },
  });
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items.length === 2);
  await scene.settled(scene.at('v1/pods'), (l) => l.items.length === 2);
});
