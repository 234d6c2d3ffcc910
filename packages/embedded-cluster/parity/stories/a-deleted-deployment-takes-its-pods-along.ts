import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web'));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.remove('apps/v1/deployments', 'web');
  await scene.until(scene.at('v1/pods'), (l) => l.items.length === 0);
  await scene.list('apps/v1/replicasets');
});
