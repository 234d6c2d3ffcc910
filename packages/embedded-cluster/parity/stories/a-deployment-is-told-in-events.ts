import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 1 }));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.settled(
    scene.at('v1/events', undefined, undefined, { fieldSelector: 'involvedObject.kind=Deployment' }),
    (l) => l.items.length === 1,
  );
  await scene.settled(
    scene.at('v1/events', undefined, undefined, { fieldSelector: 'involvedObject.kind=ReplicaSet' }),
    (l) => l.items.length === 1,
  );
});
