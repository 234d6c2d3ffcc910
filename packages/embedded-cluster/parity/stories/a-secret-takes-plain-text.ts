import type { Json } from '../client.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/secrets', {
    metadata: { name: 'a' },
    stringData: { user: 'ann', both: 'text' },
    data: { both: 'eA==', other: 'eQ==' },
  });
  await scene.patch('v1/secrets', 'a', 'merge', { stringData: { user: 'bob' } });
  await scene.apply(
    'v1/secrets',
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' }, stringData: { user: 'ann' } } as Json,
    { fieldManager: 'one' },
  );
  await scene.create('v1/secrets', { metadata: { name: 'c' }, data: { x: 'not base64!' } });
});
