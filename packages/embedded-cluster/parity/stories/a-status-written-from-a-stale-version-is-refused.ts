import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace, { subresources: { status: {} } });
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  const made = await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
  });
  await scene.patch(resource, 'a', 'merge', { spec: { size: 2 } });
  await scene.replace(resource, { ...made, status: { phase: 'Ready' } }, { subresource: 'status' });
  await scene.patch(
    resource,
    'a',
    'merge',
    { metadata: { resourceVersion: made.metadata.resourceVersion }, status: { phase: 'Ready' } },
    { subresource: 'status' },
  );
  await scene.patch(resource, 'a', 'json', [{ op: 'add', path: '/status', value: { phase: 'Ready' } }], {
    subresource: 'status',
  });
  await scene.patch(resource, 'nobody', 'merge', { status: {} }, { subresource: 'status' });
});
