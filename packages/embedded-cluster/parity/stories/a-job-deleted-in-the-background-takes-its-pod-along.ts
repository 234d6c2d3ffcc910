import { job } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('batch/v1/jobs', job('j', { parallelism: 2, completions: 2 }));
  await scene.until(scene.at('batch/v1/jobs', 'j'), (j) => j.status?.active === 2);
  await scene.remove('batch/v1/jobs', 'j', { propagationPolicy: 'Background' });
  await scene.until(scene.at('v1/pods'), (l) => l.items.length === 0);
});
