import type { Json } from '../client.ts';
import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  const second = { ...(crd.spec.versions[0] as object), name: 'v2', storage: false } as Json;
  crd.spec.versions.push(second, { ...second, name: 'v3', served: false });
  await scene.createClusterWide(crds, crd);
  await scene.until(scene.at(`${crd.spec.group}/v1/widgets`), (_b, status) => status === 200);
  await scene.create(`${crd.spec.group}/v1/widgets`, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
  });
  await scene.read(`${crd.spec.group}/v2/widgets`, 'a');
  await scene.patch(`${crd.spec.group}/v2/widgets`, 'a', 'merge', { spec: { size: 2 } });
  await scene.read(`${crd.spec.group}/v1/widgets`, 'a');
  await scene.list(`${crd.spec.group}/v2/widgets`);
  await scene.read(`${crd.spec.group}/v3/widgets`, 'a');
});
