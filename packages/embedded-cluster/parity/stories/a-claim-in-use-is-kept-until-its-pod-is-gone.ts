import { claim, pod } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/persistentvolumeclaims', claim('data'));
  await scene.until(scene.at('v1/persistentvolumeclaims', 'data'), (c) => c.status.phase === 'Bound');
  await scene.create('v1/pods', {
    ...pod('p'),
    spec: { ...pod('p').spec, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
  });
  await scene.until(scene.at('v1/pods', 'p'), (p) => p.status?.conditions);
  await scene.remove('v1/persistentvolumeclaims', 'data');
  await scene.until(scene.at('v1/persistentvolumeclaims', 'data'), (_c, status) => status === 404);
});
