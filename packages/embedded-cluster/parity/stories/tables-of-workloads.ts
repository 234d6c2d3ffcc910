import type { Json } from '../client.ts';
import { deployment, isRolledOut, job, podTemplate, statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 1 }));
  await scene.create('apps/v1/statefulsets', statefulSet('db', { replicas: 1 }));
  await scene.create('batch/v1/jobs', job('j'));
  await scene.create('batch/v1/cronjobs', {
    metadata: { name: 'c' },
    spec: { schedule: '@yearly', jobTemplate: { spec: job('c').spec } },
  });
  await scene.create('apps/v1/daemonsets', {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { app: 'd' } }, template: podTemplate('d') },
  });
  await scene.until(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.until(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 1);
  await scene.until(scene.at('batch/v1/jobs', 'j'), (j) => j.status?.active === 1);
  await scene.until(
    scene.at('v1/pods'),
    (l) => l.items.length === 3 && l.items.every((p: Json) => p.status.conditions),
  );
  await scene.quiet();
  for (const resource of [
    'apps/v1/deployments',
    'apps/v1/replicasets',
    'apps/v1/statefulsets',
    'apps/v1/daemonsets',
    'batch/v1/jobs',
    'batch/v1/cronjobs',
  ]) {
    await scene.request('GET', `${scene.at(resource)}?includeObject=None`, undefined, table);
  }
  await scene.request('GET', `${scene.at('v1/pods', 'db-0')}?includeObject=None`, undefined, table);
});
