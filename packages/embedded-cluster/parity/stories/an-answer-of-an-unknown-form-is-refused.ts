import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'));
  await scene.request('GET', scene.at('v1/configmaps', 'a'), undefined, { accept: 'text/html' });
  await scene.request('GET', scene.at('v1/configmaps', 'a'), undefined, {
    accept: 'application/yaml;q=0.1,application/json',
  });
  await scene.request('GET', scene.at('v1/configmaps', 'a'), undefined, { accept: '*/*' });
});
