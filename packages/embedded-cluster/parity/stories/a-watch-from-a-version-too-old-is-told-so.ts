import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  // Of a kind that is new the server remembers nothing older than the kind, however young the cluster is.
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  await scene.watch(scene.at(resource, undefined, undefined, { resourceVersion: 1 }), 1);
});
