import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web'));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  const gone = await scene.remove('apps/v1/deployments', 'web', { propagationPolicy: 'Foreground' });
  await scene.until(scene.at('apps/v1/deployments', 'web'), (_d, status) => status === 404);
  await scene.list('v1/pods');
  if (!gone.metadata.deletionTimestamp) throw new Error('expected the object that is going');
});
