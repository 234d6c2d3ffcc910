import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.request('POST', scene.at('v1/configmaps'), 'name=a', {
    contentType: 'application/x-www-form-urlencoded',
  });
  await scene.create('v1/configmaps', configMap('a'));
  await scene.request('PATCH', scene.at('v1/configmaps', 'a'), {}, { contentType: 'application/json' });
  await scene.request('PATCH', scene.at('v1/configmaps', 'a'), {}, { contentType: 'text/plain' });
});
