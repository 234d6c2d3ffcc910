import type { Json } from '../client.ts';
import { job } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('batch/v1/jobs', job('j', { backoffLimit: 0 }));
  await scene.until(scene.at('batch/v1/jobs', 'j'), (j) => j.status?.active === 1);
  const { items } = await scene.until(scene.at('v1/pods'), (l) => l.items.length === 1);
  const path = `${scene.at('v1/pods', items[0].metadata.name)}/status`;
  await scene.client.send({
    method: 'PATCH',
    path,
    contentType: 'application/merge-patch+json',
    body: { status: { phase: 'Failed' } },
  });
  await scene.settled(scene.at('batch/v1/jobs', 'j'), (j) =>
    j.status?.conditions?.some((c: Json) => c.type === 'Failed'),
  );
});
