import { story } from '../story.ts';

export default story(async (scene) => {
  const path = `/api/v1/namespaces/${scene.namespace}`;
  const merge = { contentType: 'application/merge-patch+json' };
  await scene.request('PATCH', path, { metadata: { labels: { tier: 'a' } } }, merge);
  await scene.request(
    'PATCH',
    path,
    { metadata: { labels: { 'kubernetes.io/metadata.name': 'other' } } },
    merge,
  );
  await scene.request('PATCH', path, { metadata: { labels: null } }, merge);
  await scene.request('PATCH', path, { spec: { finalizers: [] } }, merge);
  await scene.request('PATCH', path, { status: { phase: 'Terminating' } }, merge);
});
