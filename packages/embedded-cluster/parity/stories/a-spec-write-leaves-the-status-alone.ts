import { pod } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/pods', { ...pod('p'), status: { phase: 'Succeeded' } });
  await scene.settled(scene.at('v1/pods', 'p'), (p) => p.status?.conditions);
  await scene.patch('v1/pods', 'p', 'merge', { status: { phase: 'Failed' } });
  await scene.patch('v1/pods', 'p', 'merge', { status: { phase: 'Failed' } }, { subresource: 'status' });
});
