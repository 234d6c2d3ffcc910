import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.request('POST', scene.at('v1/configmaps', 'a'), configMap('a'));
  await scene.request('PUT', scene.at('v1/configmaps'), configMap('a'));
  await scene.request('PATCH', scene.at('v1/configmaps'), {});
  await scene.request('DELETE', scene.at('apps/v1/deployments', 'a', 'scale'));
});
