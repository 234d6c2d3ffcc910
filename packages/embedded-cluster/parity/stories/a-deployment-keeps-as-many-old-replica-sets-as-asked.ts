import { deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0, revisionHistoryLimit: 1 }));
  for (const [index, image] of ['a:1', 'b:1', 'c:1'].entries()) {
    await scene.until(
      scene.at('apps/v1/deployments', 'web'),
      (d) =>
        d.metadata.annotations?.['deployment.kubernetes.io/revision'] === String(index + 1) &&
        d.status?.observedGeneration === d.metadata.generation,
    );
    await scene.patch('apps/v1/deployments', 'web', 'strategic', {
      spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
    });
  }
  await scene.until(
    scene.at('apps/v1/deployments', 'web'),
    (d) => d.metadata.annotations['deployment.kubernetes.io/revision'] === '4',
  );
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items.length === 2);
});
