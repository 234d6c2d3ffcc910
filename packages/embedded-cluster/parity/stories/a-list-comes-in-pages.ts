import { story } from '../story.ts';

export default story(async (scene) => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await scene.create('v1/secrets', { metadata: { name } });
  const first = await scene.list('v1/secrets', { limit: 2 });
  const second = await scene.list('v1/secrets', { limit: 2, continue: first.metadata.continue });
  await scene.list('v1/secrets', { limit: 2, continue: second.metadata.continue });
  await scene.list('v1/secrets', { limit: 5 });
  await scene.list('v1/secrets', { limit: 2, continue: 'nonsense' });
  await scene.list('v1/secrets', {
    limit: 2,
    continue: first.metadata.continue,
    resourceVersion: first.metadata.resourceVersion,
  });
  await scene.list('v1/secrets', { limit: 1, fieldSelector: 'metadata.name=c' });
});
