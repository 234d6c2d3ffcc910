import { story } from '../story.ts';

export default story(async (scene) => {
  for (const name of ['a', 'b', 'c']) await scene.create('v1/secrets', { metadata: { name } });
  const first = await scene.list('v1/secrets', { limit: 1 });
  await scene.remove('v1/secrets', 'b');
  await scene.create('v1/secrets', { metadata: { name: 'bb' } });
  await scene.list('v1/secrets', { continue: first.metadata.continue });
});
