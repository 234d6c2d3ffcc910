import { configMap, crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  const owner = await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
  });
  const ownerReferences = [
    {
      apiVersion: `${crd.spec.group}/v1`,
      kind: 'Widget',
      name: 'a',
      uid: owner.metadata.uid,
      controller: true,
    },
  ];
  await scene.create('v1/configmaps', {
    ...configMap('owned'),
    metadata: { name: 'owned', ownerReferences },
  });
  await scene.remove(resource, 'a', { propagationPolicy: 'Background' });
  await scene.until(scene.at('v1/configmaps', 'owned'), (_b, status) => status === 404);
});
