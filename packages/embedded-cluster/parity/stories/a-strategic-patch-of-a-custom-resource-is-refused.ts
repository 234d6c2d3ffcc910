import { crds, isEstablished, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  await scene.until(scene.clusterWide(crds, crd.metadata.name), isEstablished);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_body, status) => status === 200);
  await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
  });
  await scene.patch(resource, 'a', 'strategic', { spec: { size: 2 } });
  await scene.patch(resource, 'a', 'merge', { spec: { size: 2 } });
  await scene.patch(resource, 'a', 'json', [{ op: 'replace', path: '/spec/size', value: 11 }]);
});
