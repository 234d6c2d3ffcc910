import { story } from '../story.ts';

export default story(async (scene) => {
  const target = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } };
  await scene.create(
    'autoscaling/v2/horizontalpodautoscalers',
    { metadata: { name: 'h' }, spec: { ...target, maxReplicas: 3 } },
    { dryRun: 'All' },
  );
  await scene.create(
    'autoscaling/v2/horizontalpodautoscalers',
    { metadata: { name: 'h' }, spec: { ...target, minReplicas: 5, maxReplicas: 3 } },
    { dryRun: 'All' },
  );
  await scene.create(
    'autoscaling/v2/horizontalpodautoscalers',
    { metadata: { name: 'h' }, spec: { maxReplicas: 0 } },
    { dryRun: 'All' },
  );
});
