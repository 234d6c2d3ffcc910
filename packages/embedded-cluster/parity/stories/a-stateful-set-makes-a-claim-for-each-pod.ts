import type { Json } from '../client.ts';
import { claim, statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create(
    'apps/v1/statefulsets',
    statefulSet('db', { podManagementPolicy: 'Parallel', volumeClaimTemplates: [claim('data')] }),
  );
  await scene.settled(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 2);
  await scene.until(
    scene.at('v1/persistentvolumeclaims'),
    (l) => l.items.length === 2 && l.items.every((c: Json) => c.status.phase === 'Bound'),
  );
  await scene.settled(scene.at('v1/persistentvolumeclaims'), (l) => l.items.length === 2);
  await scene.patch('apps/v1/statefulsets', 'db', 'merge', { spec: { replicas: 0 } });
  await scene.until(scene.at('v1/pods'), (l) => l.items.length === 0);
  await scene.settled(scene.at('v1/persistentvolumeclaims'), (l) => l.items.length === 2);
});
