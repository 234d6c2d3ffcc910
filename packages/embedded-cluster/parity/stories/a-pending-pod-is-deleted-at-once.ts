import { pod } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/pods', pod('p'));
  await scene.until(scene.at('v1/pods', 'p'), (p) => p.status?.conditions);
  await scene.remove('v1/pods', 'p');
  await scene.read('v1/pods', 'p');
});
