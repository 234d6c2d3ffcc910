import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('networking.k8s.io/v1/ingresses', {
    metadata: { name: 'i' },
    spec: {
      rules: [
        {
          host: 'a.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  });
  await scene.create('networking.k8s.io/v1/networkpolicies', {
    metadata: { name: 'n' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
  });
  await scene.create(
    'policy/v1/poddisruptionbudgets',
    { metadata: { name: 'p' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } } },
    { dryRun: 'All' },
  );
});
