import { deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', { metadata: {}, data: {} });
  await scene.create('v1/configmaps', { data: {} });
  await scene.create('apps/v1/deployments', { ...deployment('x'), metadata: {} });
});
