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
    status: { phase: 'dropped' },
  });
  await scene.patch(resource, 'a', 'merge', { spec: { size: 2 } });
  await scene.patch(resource, 'a', 'merge', { metadata: { labels: { x: '1' } } });
  await scene.patch(resource, 'a', 'merge', { status: { phase: 'ignored' } });
  await scene.patch(
    resource,
    'a',
    'merge',
    { spec: { size: 9 }, status: { phase: 'Ready' } },
    { subresource: 'status' },
  );
  await scene.read(resource, 'a', 'status');
  const made = await scene.read(resource, 'a');
  await scene.replace(resource, { ...made, spec: { size: 3 }, status: {} });
  await scene.replace(
    resource,
    { ...(await scene.read(resource, 'a')), status: { phase: 'Gone' } },
    { subresource: 'status' },
  );
});
