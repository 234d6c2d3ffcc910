import { story } from '../story.ts';

export default story(async (scene) => {
  const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
  await scene.create('v1/events', {
    metadata: { name: 'told' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: scene.namespace },
    type: 'Warning',
    reason: 'Tired',
    message: 'it yawned',
    count: 2,
  });
  for (const resource of ['v1/events', 'events.k8s.io/v1/events']) {
    await scene.request(
      'GET',
      scene.at(resource, 'told', undefined, { includeObject: 'None' }),
      undefined,
      table,
    );
  }
});
