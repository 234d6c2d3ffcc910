import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
    status: { phase: 'kept' },
  });
  await scene.patch(resource, 'a', 'merge', { status: { phase: 'changed' } });
  await scene.patch(resource, 'a', 'merge', { status: { phase: 'x' } }, { subresource: 'status' });
  await scene.patch(resource, 'a', 'merge', { spec: { size: 2 } }, { subresource: 'scale' });
});
