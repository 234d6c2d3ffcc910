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
  });
  await scene.request('DELETE', scene.clusterWide(crds, crd.metadata.name));
  await scene.until(scene.clusterWide(crds, crd.metadata.name), (_b, status) => status === 404);
  await scene.until(scene.at(resource), (_b, status) => status === 404);
  await scene.list(resource);
});
