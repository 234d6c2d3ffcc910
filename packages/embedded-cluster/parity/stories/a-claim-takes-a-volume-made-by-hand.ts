import { claim } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const name = scene.namespace;
  await scene.createClusterWide('v1/persistentvolumes', {
    metadata: { name },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/tmp/none' },
      storageClassName: name,
    },
  });
  await scene.settled(scene.clusterWide('v1/persistentvolumes', name), (v) => v.status.phase === 'Available');
  await scene.create('v1/persistentvolumeclaims', claim('data', { storageClassName: name }));
  await scene.settled(scene.at('v1/persistentvolumeclaims', 'data'), (c) => c.status.phase === 'Bound');
  await scene.settled(scene.clusterWide('v1/persistentvolumes', name), (v) => v.status.phase === 'Bound');
  await scene.remove('v1/persistentvolumeclaims', 'data');
  await scene.settled(scene.clusterWide('v1/persistentvolumes', name), (v) => v.status.phase === 'Released');
});
