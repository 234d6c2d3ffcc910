import type { Json } from '../client.ts';
import { job } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('batch/v1/jobs', job('j', { suspend: true }));
  await scene.settled(scene.at('batch/v1/jobs', 'j'), (j) => j.status?.conditions);
  await scene.patch('batch/v1/jobs', 'j', 'merge', { spec: { suspend: false } });
  await scene.settled(scene.at('batch/v1/jobs', 'j'), (j) => j.status?.active === 1);
  await scene.patch('batch/v1/jobs', 'j', 'merge', { spec: { suspend: true } });
  await scene.settled(
    scene.at('batch/v1/jobs', 'j'),
    (j) =>
      !j.status?.active &&
      !j.status.terminating &&
      j.status.conditions?.some((c: Json) => c.type === 'Suspended' && c.status === 'True'),
  );
});
