import { deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const settled = () =>
    scene.settled(
      scene.at('apps/v1/deployments', 'web'),
      (d) => d.status?.observedGeneration === d.metadata.generation && d.status.conditions,
    );
  const patch = (body: object) => scene.patch('apps/v1/deployments', 'web', 'merge', body);
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
  await settled();
  await patch({ metadata: { labels: { x: '1' } } });
  await settled();
  await patch({ spec: { paused: true } });
  await settled();
  await patch({ spec: { paused: true } });
  await patch({ metadata: { generation: 99 } });
  await settled();
});
