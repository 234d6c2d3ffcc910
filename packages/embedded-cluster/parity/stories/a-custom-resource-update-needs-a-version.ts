import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  const widget = {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1 },
  };
  await scene.create(resource, widget);
  await scene.replace(resource, { ...widget, spec: { size: 2 } });
  await scene.request('PUT', scene.at(resource, 'a'), { ...widget, kind: 'Gadget' });
  await scene.create(resource, { ...widget, kind: 'Gadget' });
  await scene.create(resource, { ...widget, apiVersion: undefined, kind: undefined });
});
