import { deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: undefined, paused: true }), {
    dryRun: 'All',
  });
  await scene.create(
    'apps/v1/deployments',
    deployment('web', {
      paused: true,
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          initContainers: [{ name: 'init', image: 'x' }],
          containers: [
            {
              name: 'main',
              image: 'registry.example.com:5000/app',
              ports: [{ containerPort: 80, name: 'http' }],
              env: [
                { name: 'A', value: '1' },
                { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              ],
              livenessProbe: { httpGet: { port: 'http' } },
              readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 3 },
              resources: { limits: { cpu: 1, memory: '1024Mi' } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name: 'a' } },
            { name: 'secret', secret: { secretName: 'a' } },
            { name: 'empty', emptyDir: {} },
            { name: 'host', hostPath: { path: '/tmp' } },
            { name: 'all', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
            {
              name: 'down',
              downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'metadata.labels' } }] },
            },
          ],
        },
      },
    }),
    { dryRun: 'All' },
  );
});
