import { deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create(
    'apps/v1/deployments',
    deployment('web', { selector: { matchLabels: { app: 'other' } } }),
  );
  await scene.create('apps/v1/deployments', deployment('web', { selector: undefined }));
  await scene.create('apps/v1/deployments', deployment('web', { selector: {} }));
  await scene.create('apps/v1/deployments', deployment('web', { replicas: -1 }));
  await scene.create(
    'apps/v1/deployments',
    deployment('web', { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } } }),
  );
  await scene.create(
    'apps/v1/deployments',
    deployment('web', {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'Main' }, { image: 'x' }] },
      },
    }),
  );
  await scene.create(
    'apps/v1/deployments',
    deployment('web', {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          restartPolicy: 'Never',
          containers: [
            { name: 'a', image: 'x' },
            { name: 'a', image: 'x' },
          ],
        },
      },
    }),
  );
  await scene.create(
    'apps/v1/deployments',
    deployment('web', { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
  );
  await scene.create(
    'apps/v1/deployments',
    deployment('web', {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
    }),
  );
  await scene.create(
    'apps/v1/deployments',
    deployment('web', {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'none', mountPath: '/x' }] }] },
      },
    }),
  );
  await scene.create('apps/v1/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
  });
});
