import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.replace('v1/configmaps', made);
  await scene.patch('v1/configmaps', 'a', 'merge', {});
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'red' } });
  await scene.patch('v1/configmaps', 'a', 'json', []);
});
