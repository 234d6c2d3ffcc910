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
    metadata: { name: 'a', finalizers: ['example.com/uninstall'] },
    spec: { size: 1 },
  });
  await scene.remove(resource, 'a');
  await scene.patch(resource, 'a', 'merge', { status: { phase: 'Leaving' } }, { subresource: 'status' });
  await scene.patch(resource, 'a', 'merge', { spec: { size: 2 } });
  await scene.patch(resource, 'a', 'merge', { metadata: { finalizers: null } });
  await scene.read(resource, 'a');
});
