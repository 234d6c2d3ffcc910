import { statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/statefulsets', statefulSet('db', { podManagementPolicy: 'Parallel' }));
  await scene.until(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 2);
  await scene.patch('apps/v1/statefulsets', 'db', 'strategic', {
    spec: {
      updateStrategy: { type: 'OnDelete', rollingUpdate: null },
      template: { spec: { containers: [{ name: 'main', image: 'example.com/busybox:1' }] } },
    },
  });
  await scene.settled(
    scene.at('apps/v1/statefulsets', 'db'),
    (s) =>
      s.status.observedGeneration === s.metadata.generation &&
      s.status.updateRevision !== s.status.currentRevision,
  );
  await scene.settled(scene.at('apps/v1/controllerrevisions'), (l) => l.items.length === 2);
});
