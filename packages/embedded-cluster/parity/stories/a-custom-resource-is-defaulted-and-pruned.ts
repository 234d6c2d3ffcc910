import type { Json } from '../client.ts';
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
    metadata: { name: 'a', unknown: 'x' },
    spec: { size: 1, unknown: 'y', nested: { deep: 1 }, colour: null },
    other: {},
  });
  await scene.create(
    resource,
    {
      apiVersion: `${crd.spec.group}/v1`,
      kind: 'Widget',
      metadata: { name: 'b' },
      spec: { size: 1, unknown: 'y' },
    },
    { fieldValidation: 'Strict' },
  );
  await scene.apply(
    resource,
    {
      apiVersion: `${crd.spec.group}/v1`,
      kind: 'Widget',
      metadata: { name: 'c' },
      spec: { size: 1 },
    } as Json,
    { fieldManager: 'one' },
  );
  await scene.patch(resource, 'c', 'merge', { spec: { colour: null, size: 2 } });
});
