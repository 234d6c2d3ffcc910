import { story } from '../story.ts';

export default story(async (scene) => {
  const now = '2024-01-01T00:00:00.000000Z';
  await scene.create('v1/events', {
    metadata: { name: 'e' },
    involvedObject: { kind: 'ConfigMap', name: 'a', namespace: scene.namespace, apiVersion: 'v1' },
    reason: 'Tested',
    message: 'hello',
    type: 'Normal',
    firstTimestamp: '2024-01-01T00:00:00Z',
    lastTimestamp: '2024-01-01T00:00:00Z',
    count: 1,
    source: { component: 'parity' },
  });
  await scene.read('events.k8s.io/v1/events', 'e');
  await scene.create('events.k8s.io/v1/events', {
    metadata: { name: 'f' },
    regarding: { kind: 'ConfigMap', name: 'a', namespace: scene.namespace },
    reason: 'Tested',
    note: 'hello',
    type: 'Normal',
    eventTime: now,
    action: 'Test',
    reportingController: 'example.com/parity',
    reportingInstance: 'one',
  });
  await scene.read('v1/events', 'f');
  await scene.list('v1/events', { fieldSelector: 'involvedObject.name=a,reason=Tested' });
  await scene.create('v1/events', {
    metadata: { name: 'g' },
    involvedObject: { kind: 'ConfigMap', name: 'a', namespace: 'elsewhere' },
    reason: 'X',
  });
});
