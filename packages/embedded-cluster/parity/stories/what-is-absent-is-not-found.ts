import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.read('v1/configmaps', 'nobody');
  await scene.read('apps/v1/deployments', 'nobody');
  await scene.replace('v1/configmaps', configMap('nobody'));
  await scene.patch('v1/configmaps', 'nobody', 'merge', { data: {} });
  await scene.remove('v1/configmaps', 'nobody');
  await scene.read('apps/v1/deployments', 'nobody', 'scale');
  await scene.read('apps/v1/deployments', 'nobody', 'status');
});
