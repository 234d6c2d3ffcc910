import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace, { subresources: { status: {} } });
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
  });
  await scene.patch(resource, 'a', 'merge', { status: { phase: 7 } }, { subresource: 'status' });
  await scene.patch(
    resource,
    'a',
    'merge',
    { status: { phase: 'Ready', unknown: 'x' } },
    { subresource: 'status' },
  );
  await scene.patch(
    resource,
    'a',
    'merge',
    {
      metadata: {
        labels: { from: 'status' },
        annotations: { from: 'status' },
        finalizers: ['example.com/late'],
      },
      status: { phase: 'Done' },
    },
    { subresource: 'status' },
  );
});
