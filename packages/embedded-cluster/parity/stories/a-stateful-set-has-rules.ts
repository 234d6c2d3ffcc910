import { claim, statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/statefulsets', statefulSet('db', { podManagementPolicy: 'Sideways' }));
  await scene.create(
    'apps/v1/statefulsets',
    statefulSet('db', { selector: { matchLabels: { app: 'other' } } }),
  );
  await scene.create(
    'apps/v1/statefulsets',
    statefulSet('db', { replicas: 0, volumeClaimTemplates: [claim('data')] }),
  );
  await scene.settled(
    scene.at('apps/v1/statefulsets', 'db'),
    (s) => s.status?.observedGeneration === 1 && s.status.updateRevision,
  );
  await scene.patch('apps/v1/statefulsets', 'db', 'merge', { spec: { serviceName: 'other' } });
  await scene.patch('apps/v1/statefulsets', 'db', 'merge', {
    spec: { volumeClaimTemplates: [claim('data', { resources: { requests: { storage: '2Gi' } } })] },
  });
  await scene.patch('apps/v1/statefulsets', 'db', 'merge', {
    spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null }, minReadySeconds: 3 },
  });
});
