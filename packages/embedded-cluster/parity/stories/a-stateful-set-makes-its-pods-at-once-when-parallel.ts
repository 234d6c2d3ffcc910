import type { Json } from '../client.ts';
import { statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/statefulsets', statefulSet('db', { podManagementPolicy: 'Parallel' }));
  await scene.settled(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 2);
  await scene.settled(
    scene.at('v1/pods'),
    (l) => l.items.length === 2 && l.items.every((p: Json) => p.status.conditions),
  );
});
