import type { Json } from '../client.ts';
import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const name = `${scene.namespace}-2`;
  await scene.createClusterWide('v1/namespaces', { metadata: { name } });
  await scene.until(`/api/v1/namespaces/${name}/serviceaccounts/default`, (_b, status) => status === 200);
  await scene.request('POST', `/api/v1/namespaces/${name}/configmaps`, {
    ...configMap('a'),
    metadata: { name: 'a', finalizers: ['example.com/hold'] },
  });
  await scene.request('POST', `/api/v1/namespaces/${name}/secrets`, { metadata: { name: 'b' } });
  await scene.request('DELETE', `/api/v1/namespaces/${name}`);
  await scene.settled(`/api/v1/namespaces/${name}`, (n) =>
    n.status.conditions?.some((c: Json) => c.type === 'NamespaceFinalizersRemaining' && c.status === 'True'),
  );
  await scene.request('POST', `/api/v1/namespaces/${name}/configmaps`, configMap('late'));
  await scene.request('GET', `/api/v1/namespaces/${name}/secrets/b`);
  await scene.request(
    'PATCH',
    `/api/v1/namespaces/${name}/configmaps/a`,
    { metadata: { finalizers: null } },
    { contentType: 'application/merge-patch+json' },
  );
  await scene.until(`/api/v1/namespaces/${name}`, (_n, status) => status === 404);
});
