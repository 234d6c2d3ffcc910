import { claim } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/persistentvolumeclaims', claim('data', { accessModes: [] }));
  await scene.create('v1/persistentvolumeclaims', claim('data', { accessModes: ['Sideways'] }));
  await scene.create('v1/persistentvolumeclaims', claim('data', { resources: {} }));
  await scene.create(
    'v1/persistentvolumeclaims',
    claim('data', { resources: { requests: { storage: 'much' } } }),
  );
  await scene.create(
    'v1/persistentvolumeclaims',
    claim('data', { resources: { requests: { storage: '-1Gi' } } }),
  );
  await scene.create('v1/persistentvolumeclaims', claim('data'));
  await scene.until(scene.at('v1/persistentvolumeclaims', 'data'), (c) => c.status.phase === 'Bound');
  await scene.patch('v1/persistentvolumeclaims', 'data', 'merge', {
    spec: { accessModes: ['ReadOnlyMany'] },
  });
  await scene.patch('v1/persistentvolumeclaims', 'data', 'merge', {
    spec: { resources: { requests: { storage: '500Mi' } } },
  });
  await scene.patch('v1/persistentvolumeclaims', 'data', 'merge', {
    spec: { resources: { requests: { storage: '2Gi' } } },
  });
});
