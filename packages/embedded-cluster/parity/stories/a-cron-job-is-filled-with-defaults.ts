import { job } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const cronJob = (spec: object) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c' },
    spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: job('c').spec }, ...spec },
  });
  await scene.create('batch/v1/cronjobs', cronJob({ schedule: 'now and then' }));
  await scene.create('batch/v1/cronjobs', cronJob({ schedule: '' }));
  await scene.create('batch/v1/cronjobs', cronJob({ concurrencyPolicy: 'Sideways' }));
  await scene.create('batch/v1/cronjobs', cronJob({ timeZone: 'Mars/Base' }));
  await scene.create('batch/v1/cronjobs', cronJob({}));
  await scene.patch('batch/v1/cronjobs', 'c', 'merge', { spec: { suspend: true, schedule: '@daily' } });
  await scene.quiet();
  await scene.read('batch/v1/cronjobs', 'c');
});
