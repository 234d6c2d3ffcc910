import { story } from '../story.ts';

export default story(async (scene) => {
  const path = '/api/v1/namespaces';
  await scene.request('POST', path, { metadata: { name: 'has.dot' } });
  await scene.request('POST', path, { metadata: { name: 'Upper' } });
  await scene.request('POST', path, { metadata: { name: 'a'.repeat(64) } });
});
