import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', {
    ...deployment('web', { replicas: 0 }),
    metadata: { name: 'web', finalizers: ['example.com/hold'] },
  });
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.remove('apps/v1/deployments', 'web');
  const held = await scene.settled(
    scene.at('apps/v1/deployments', 'web'),
    (d) => d.metadata.deletionTimestamp,
  );
  await scene.replace('apps/v1/deployments', { ...held, metadata: { ...held.metadata, finalizers: [] } });
  await scene.until(scene.at('apps/v1/deployments', 'web'), (_d, status) => status === 404);
});
