import { job } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create(
    'batch/v1/jobs',
    job('j', { template: { spec: { containers: [{ name: 'main', image: 'x' }] } } }),
  );
  await scene.create('batch/v1/jobs', job('j', { completions: -1, parallelism: -1, backoffLimit: -1 }));
  await scene.create('batch/v1/jobs', job('j', { selector: { matchLabels: { a: 'b' } } }));
  await scene.create('batch/v1/jobs', job('j', { suspend: true }));
  await scene.patch('batch/v1/jobs', 'j', 'merge', { spec: { completions: 3 } });
  await scene.patch('batch/v1/jobs', 'j', 'strategic', {
    spec: { template: { spec: { containers: [{ name: 'main', image: 'y' }] } } },
  });
});
