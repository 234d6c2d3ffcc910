import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/secrets', { metadata: { name: 'a' } });
  await scene.list('v1/secrets', { resourceVersion: 0 });
  await scene.list('v1/secrets', { resourceVersion: made.metadata.resourceVersion });
  await scene.list('v1/secrets', {
    resourceVersion: made.metadata.resourceVersion,
    resourceVersionMatch: 'NotOlderThan',
  });
  await scene.list('v1/secrets', {
    resourceVersion: made.metadata.resourceVersion,
    resourceVersionMatch: 'Exact',
  });
  await scene.list('v1/secrets', { resourceVersion: 'x' });
  await scene.list('v1/secrets', { resourceVersionMatch: 'Exact' });
  await scene.list('v1/secrets', { resourceVersion: 0, resourceVersionMatch: 'Exact' });
  await scene.list('v1/secrets', {
    resourceVersion: made.metadata.resourceVersion,
    resourceVersionMatch: 'Never',
  });
});
