import { claim, configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
  await scene.create('v1/configmaps', configMap('a'));
  await scene.create('v1/secrets', { metadata: { name: 'a' }, stringData: { x: '1', y: '2' } });
  await scene.create('v1/services', {
    metadata: { name: 's' },
    spec: { selector: { app: 's' }, ports: [{ port: 80 }] },
  });
  await scene.create('v1/services', {
    metadata: { name: 't' },
    spec: {
      type: 'NodePort',
      ports: [
        { port: 80, name: 'a' },
        { port: 443, name: 'b', protocol: 'UDP' },
      ],
    },
  });
  await scene.create('coordination.k8s.io/v1/leases', {
    metadata: { name: 'l' },
    spec: { holderIdentity: 'one' },
  });
  await scene.create('v1/persistentvolumeclaims', claim('data', { storageClassName: 'none' }));
  await scene.create('autoscaling/v2/horizontalpodautoscalers', {
    metadata: { name: 'h' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
  });
  for (const resource of [
    'v1/secrets',
    'v1/services',
    'v1/serviceaccounts',
    'coordination.k8s.io/v1/leases',
    'v1/persistentvolumeclaims',
  ]) {
    await scene.request(
      'GET',
      scene.at(resource, undefined, undefined, { includeObject: 'None' }),
      undefined,
      table,
    );
  }
  await scene.request('GET', scene.at('v1/configmaps', 'a'), undefined, table);
  await scene.request(
    'GET',
    scene.at('v1/configmaps', 'a', undefined, { includeObject: 'Object' }),
    undefined,
    table,
  );
  await scene.request(
    'GET',
    scene.clusterWide('v1/namespaces', scene.namespace, undefined, { includeObject: 'None' }),
    undefined,
    table,
  );
});
