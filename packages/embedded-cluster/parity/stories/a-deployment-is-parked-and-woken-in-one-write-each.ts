import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const note = 'example.com/baseline';
  const path = scene.at('apps/v1/deployments', 'web');
  await scene.apply('apps/v1/deployments', deployment('web'), { fieldManager: 'owner' });
  await scene.settled(path, isRolledOut);
  await scene.patch(
    'apps/v1/deployments',
    'web',
    'merge',
    { metadata: { annotations: { [note]: '2' } }, spec: { replicas: 0 } },
    { fieldManager: 'sleeper' },
  );
  await scene.settled(path, isRolledOut);
  await scene.apply('apps/v1/deployments', deployment('web'), { fieldManager: 'owner' });
  await scene.patch(
    'apps/v1/deployments',
    'web',
    'merge',
    { metadata: { annotations: { [note]: null } }, spec: { replicas: 2 } },
    { fieldManager: 'sleeper' },
  );
  await scene.settled(path, isRolledOut);
  await scene.apply('apps/v1/deployments', deployment('web'), { fieldManager: 'owner' });
});
