import { claim } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/persistentvolumeclaims', claim('data'));
  const bound = await scene.settled(
    scene.at('v1/persistentvolumeclaims', 'data'),
    (c) => c.status.phase === 'Bound',
  );
  const volume = await scene.until(
    scene.clusterWide('v1/persistentvolumes', bound.spec.volumeName),
    (v) => v.status?.phase === 'Bound',
  );
  const { claimRef, capacity, accessModes, persistentVolumeReclaimPolicy, storageClassName, volumeMode } =
    volume.spec;
  scene.entries.push({
    step: 'the volume',
    body: {
      claimRef: { ...claimRef, resourceVersion: undefined },
      capacity,
      accessModes,
      persistentVolumeReclaimPolicy,
      storageClassName,
      volumeMode,
      status: volume.status,
      finalizers: volume.metadata.finalizers,
    },
  });
  await scene.remove('v1/persistentvolumeclaims', 'data');
  await scene.until(scene.at('v1/persistentvolumeclaims', 'data'), (_c, status) => status === 404);
  await scene.until(
    scene.clusterWide('v1/persistentvolumes', bound.spec.volumeName),
    (_c, status) => status === 404,
  );
});
