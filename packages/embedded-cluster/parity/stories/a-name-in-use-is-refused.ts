import { configMap, deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'));
  await scene.create('v1/configmaps', configMap('a', { other: 'data' }));
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
});
