import { deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const template = (image: string) => ({
    spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
  });
  await scene.create('apps/v1/deployments', {
    ...deployment('web', { replicas: 0 }),
    metadata: { name: 'web', annotations: { note: 'first' } },
  });
  await scene.until(
    scene.at('apps/v1/deployments', 'web'),
    (d) =>
      d.metadata.annotations['deployment.kubernetes.io/revision'] === '1' &&
      d.status?.observedGeneration === 1,
  );
  await scene.patch('apps/v1/deployments', 'web', 'strategic', {
    ...template('example.com/busybox:1'),
    metadata: { annotations: { note: 'second' } },
  });
  await scene.until(
    scene.at('apps/v1/deployments', 'web'),
    (d) =>
      d.metadata.annotations['deployment.kubernetes.io/revision'] === '2' &&
      d.status.observedGeneration === d.metadata.generation,
  );
  await scene.patch('apps/v1/deployments', 'web', 'strategic', {
    ...template('example.com/pause:1'),
    metadata: { annotations: { note: 'third' } },
  });
  await scene.settled(
    scene.at('apps/v1/deployments', 'web'),
    (d) =>
      d.metadata.annotations['deployment.kubernetes.io/revision'] === '3' &&
      d.status.observedGeneration === d.metadata.generation,
  );
  await scene.settled(scene.at('apps/v1/replicasets'), (l) => l.items.length === 2);
});
