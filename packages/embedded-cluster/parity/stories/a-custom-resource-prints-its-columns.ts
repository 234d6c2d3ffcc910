import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace, {
    additionalPrinterColumns: [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      {
        name: 'Colour',
        type: 'string',
        jsonPath: '.spec.colour',
        priority: 1,
        description: 'What it looks like.',
      },
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      { name: 'Tags', type: 'string', jsonPath: '.spec.tags' },
      { name: 'On', type: 'boolean', jsonPath: '.spec.nested.on' },
    ],
  });
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1, tags: ['a', 'b'], nested: {} },
  });
  await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'b' },
    spec: { size: 2 },
    status: { phase: 'Ready' },
  });
  await scene.request('GET', scene.at(resource), undefined, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  });
  await scene.request('GET', scene.at(resource, 'a'), undefined, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  });
});
