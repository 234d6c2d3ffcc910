import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace, {
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.selector',
      },
    },
  });
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  await scene.create(resource, {
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { size: 1, replicas: 3 },
  });
  await scene.read(resource, 'a', 'scale');
  await scene.patch(
    resource,
    'a',
    'merge',
    { status: { replicas: 2, selector: 'app=a' } },
    { subresource: 'status' },
  );
  await scene.patch(resource, 'a', 'merge', { spec: { replicas: 5 } }, { subresource: 'scale' });
  await scene.read(resource, 'a');
  const scale = await scene.read(resource, 'a', 'scale');
  await scene.request('PUT', scene.at(resource, 'a', 'scale'), { ...scale, spec: { replicas: 1 } });
  await scene.request('PUT', scene.at(resource, 'a', 'scale'), { ...scale, spec: { replicas: 2 } });
  await scene.patch(resource, 'a', 'merge', { spec: { replicas: -1 } }, { subresource: 'scale' });
});
