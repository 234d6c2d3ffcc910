import { crds, isEstablished, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  await scene.settled(scene.clusterWide(crds, crd.metadata.name), isEstablished);
  await scene.until(scene.at(`${crd.spec.group}/v1/widgets`), (_b, status) => status === 200);
  await scene.request('GET', `/apis/${crd.spec.group}`);
  await scene.request('GET', `/apis/${crd.spec.group}/v1`);
  await scene.list(`${crd.spec.group}/v1/widgets`);
});
