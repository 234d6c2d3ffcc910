import type { Json } from '../client.ts';
import { job } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  // Whether Pods just deleted are still counted as terminating is a race.
  const counts = async (isThere: (j: Json) => unknown) => {
    const { spec, status } = await scene.until(scene.at('batch/v1/jobs', 'j'), isThere);
    const { terminating: _, ...rest } = status;
    scene.entries.push({ step: 'the Job', body: { spec, status: rest } });
  };
  await scene.create('batch/v1/jobs', job('j', { completions: 3, parallelism: 2, backoffLimit: 1 }));
  await counts((j) => j.status?.active === 2);
  const path = scene.at('batch/v1/jobs', 'j');
  const merge = 'application/merge-patch+json';
  await scene.client.send({ method: 'PATCH', path, contentType: merge, body: { spec: { parallelism: 1 } } });
  await counts((j) => j.status?.active === 1);
  await scene.client.send({ method: 'PATCH', path, contentType: merge, body: { spec: { parallelism: 0 } } });
  await counts((j) => !j.status?.active);
});
