import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace, {
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          port: { 'x-kubernetes-int-or-string': true },
        },
      },
    },
  });
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  const widget = { apiVersion: `${crd.spec.group}/v1`, kind: 'Widget', metadata: { name: 'a' } };
  await scene.create(resource, {
    ...widget,
    spec: { any: { thing: [1, { x: null }] } },
    port: 'http',
    gone: 1,
  });
  await scene.apply(
    resource,
    { ...widget, spec: { any: { other: [2] } }, port: 80 },
    { fieldManager: 'one', force: true },
  );
});
