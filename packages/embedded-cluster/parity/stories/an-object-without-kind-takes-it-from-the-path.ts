import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', { metadata: { name: 'a' }, data: { x: '1' } });
  await scene.create('apps/v1/deployments', { metadata: { name: 'a' } });
});
