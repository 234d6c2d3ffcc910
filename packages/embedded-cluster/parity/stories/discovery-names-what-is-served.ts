import type { Json } from '../client.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  for (const path of ['/api', '/apis/apps', '/apis/nothing', '/apis/apps/v7', '/nothing'])
    await scene.request('GET', path);
  const resources = async (path: string, wanted: string[]) => {
    const { body, status } = await scene.client.send({ method: 'GET', path });
    scene.entries.push({
      step: path,
      status,
      body: { ...body, resources: body.resources.filter((r: Json) => wanted.includes(r.name)) },
    });
  };
  await resources('/api/v1', [
    'configmaps',
    'namespaces',
    'namespaces/status',
    'pods',
    'pods/status',
    'secrets',
    'services',
    'events',
  ]);
  await resources('/apis/apps/v1', [
    'deployments',
    'deployments/scale',
    'deployments/status',
    'statefulsets',
    'replicasets',
    'controllerrevisions',
  ]);
  await resources('/apis/batch/v1', ['jobs', 'jobs/status', 'cronjobs', 'cronjobs/status']);
});
