import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  const { metadata } = await scene.until(scene.at(resource), (_b, status) => status === 200);
  const widget = {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
  };
  await scene.watch(
    scene.at(resource, undefined, undefined, { resourceVersion: metadata.resourceVersion }),
    3,
    async () => {
      await scene.create(resource, widget);
      await scene.patch(resource, 'a', 'merge', { spec: { size: 2 } });
      await scene.remove(resource, 'a');
    },
  );
});
