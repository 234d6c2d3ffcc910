import { job } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('batch/v1/jobs', job('j'));
  await scene.settled(scene.at('batch/v1/jobs', 'j'), (j) => j.status?.active === 1);
  await scene.settled(scene.at('v1/pods'), (l) => l.items.length === 1 && l.items[0].status.conditions);
  await scene.remove('batch/v1/jobs', 'j');
  await scene.settled(
    scene.at('v1/pods'),
    (l) => l.items.length === 1 && !l.items[0].metadata.ownerReferences,
  );
});
