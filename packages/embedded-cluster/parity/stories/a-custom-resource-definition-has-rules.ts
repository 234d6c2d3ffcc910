import type { Json } from '../client.ts';
import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  const broken = (change: (copy: Json) => void) => {
    const copy: Json = structuredClone(crd);
    change(copy);
    return scene.request('POST', scene.clusterWide(crds), copy);
  };
  await broken((c) => {
    c.metadata.name = 'other.example.com';
  });
  await broken((c) => {
    c.spec.versions[0].storage = false;
  });
  await broken((c) => {
    delete c.spec.versions[0].schema;
  });
  await broken((c) => {
    c.spec.versions[0].schema.openAPIV3Schema = { type: 'object', properties: { a: {} } };
  });
  await broken((c) => {
    c.spec.scope = 'Sideways';
  });
  await broken((c) => {
    c.spec.names.plural = 'Widgets';
  });
  await broken((c) => {
    c.spec.versions = [];
  });
  await broken((c) => {
    delete c.spec.names.kind;
  });
});
