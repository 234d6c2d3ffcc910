import { story } from '../story.ts';

export default story(async (scene) => {
  const labels = { story: scene.namespace };
  await scene.create('v1/configmaps', { metadata: { name: 'a', labels } });
  const other = `${scene.namespace}-2`;
  await scene.createClusterWide('v1/namespaces', { metadata: { name: other, labels } });
  await scene.request('POST', `/api/v1/namespaces/${other}/configmaps`, { metadata: { name: 'a', labels } });
  await scene.request(
    'GET',
    scene.clusterWide('v1/configmaps', undefined, undefined, { labelSelector: `story=${scene.namespace}` }),
  );
  await scene.request(
    'GET',
    scene.clusterWide('v1/configmaps', undefined, undefined, {
      labelSelector: `story=${scene.namespace}`,
      fieldSelector: `metadata.namespace=${other}`,
    }),
  );
  await scene.request(
    'GET',
    scene.clusterWide('v1/namespaces', undefined, undefined, { labelSelector: `story=${scene.namespace}` }),
  );
  await scene.request('POST', scene.clusterWide('v1/configmaps'), { metadata: { name: 'b' } });
  await scene.request('POST', scene.clusterWide('v1/configmaps'), {
    metadata: { name: 'b', namespace: scene.namespace },
  });
});
