import { claim, statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create(
    'apps/v1/statefulsets',
    statefulSet('db', { replicas: 1, volumeClaimTemplates: [claim('data')] }),
  );
  await scene.until(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 1);
  await scene.until(scene.at('v1/persistentvolumeclaims', 'data-db-0'), (c) => c.status?.phase === 'Bound');
  await scene.remove('apps/v1/statefulsets', 'db');
  await scene.until(scene.at('v1/pods'), (l) => l.items.length === 0);
  await scene.settled(scene.at('v1/persistentvolumeclaims', 'data-db-0'), (c) => c.status?.phase === 'Bound');
});
