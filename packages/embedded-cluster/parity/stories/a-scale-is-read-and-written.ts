import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  const scale = await scene.read('apps/v1/deployments', 'web', 'scale');
  await scene.request('PUT', scene.at('apps/v1/deployments', 'web', 'scale'), {
    ...scale,
    spec: { replicas: 1 },
  });
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.patch(
    'apps/v1/deployments',
    'web',
    'merge',
    { spec: { replicas: 2 } },
    { subresource: 'scale' },
  );
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.patch(
    'apps/v1/deployments',
    'web',
    'merge',
    { spec: { replicas: -1 } },
    { subresource: 'scale' },
  );
  await scene.request('PUT', scene.at('apps/v1/deployments', 'web', 'scale'), {
    ...scale,
    spec: { replicas: 3 },
  });
  await scene.request('PUT', scene.at('apps/v1/deployments', 'web', 'scale'), {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web', namespace: scene.namespace },
    spec: {},
  });
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
});
