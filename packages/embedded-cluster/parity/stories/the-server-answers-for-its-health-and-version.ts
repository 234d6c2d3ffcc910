import { story } from '../story.ts';

export default story(async (scene) => {
  for (const path of ['/healthz', '/readyz', '/livez']) await scene.request('GET', path);
  const { body } = await scene.client.send({ method: 'GET', path: '/version' });
  scene.entries.push({ step: 'version', body: Object.keys(body).sort() });
});
