import { statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create(
    'apps/v1/statefulsets',
    statefulSet('db', { replicas: 1, podManagementPolicy: 'Parallel' }),
  );
  await scene.settled(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 1);
  await scene.read('apps/v1/statefulsets', 'db', 'scale');
  await scene.patch(
    'apps/v1/statefulsets',
    'db',
    'merge',
    { spec: { replicas: 3 } },
    { subresource: 'scale' },
  );
  await scene.settled(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 3);
  await scene.patch(
    'apps/v1/statefulsets',
    'db',
    'merge',
    { spec: { replicas: 0 } },
    { subresource: 'scale' },
  );
  await scene.settled(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 0);
  await scene.list('v1/pods');
});
