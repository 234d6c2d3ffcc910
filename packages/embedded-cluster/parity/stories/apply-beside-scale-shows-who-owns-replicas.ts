import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.apply('apps/v1/deployments', deployment('web', { replicas: 0 }), { fieldManager: 'one' });
  await scene.until(
    scene.at('apps/v1/deployments', 'web'),
    (d) => d.status?.observedGeneration === 1 && d.status.conditions,
  );
  await scene.patch(
    'apps/v1/deployments',
    'web',
    'merge',
    { spec: { replicas: 1 } },
    { subresource: 'scale', fieldManager: 'scaler' },
  );
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.apply('apps/v1/deployments', deployment('web', { replicas: 0 }), { fieldManager: 'one' });
  await scene.apply('apps/v1/deployments', deployment('web', { replicas: undefined }), {
    fieldManager: 'one',
  });
});
