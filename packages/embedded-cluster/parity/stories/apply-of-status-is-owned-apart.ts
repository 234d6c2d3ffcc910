import { crds, isEstablished, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace, { subresources: { status: {} } });
  await scene.createClusterWide(crds, crd);
  await scene.until(scene.clusterWide(crds, crd.metadata.name), isEstablished);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_body, status) => status === 200);
  const widget = { apiVersion: `${crd.spec.group}/v1`, kind: 'Widget', metadata: { name: 'a' } };
  await scene.apply(
    resource,
    { ...widget, spec: { size: 1 }, status: { phase: 'ignored' } },
    { fieldManager: 'one' },
  );
  await scene.apply(
    resource,
    { ...widget, status: { phase: 'Ready' } },
    { fieldManager: 'two', subresource: 'status' },
  );
  await scene.apply(resource, { ...widget, spec: { size: 2 } }, { fieldManager: 'two' });
  await scene.apply(
    resource,
    { ...widget, status: { replicas: 1 } },
    { fieldManager: 'two', subresource: 'status' },
  );
  await scene.apply(
    resource,
    { ...widget, spec: { size: 3, colour: 'blue' }, status: { replicas: 1 } },
    { fieldManager: 'three', subresource: 'status' },
  );
});
