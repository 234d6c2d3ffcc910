import { claim } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/persistentvolumeclaims', claim('data', { storageClassName: 'there-is-none' }));
  await scene.quiet();
  await scene.read('v1/persistentvolumeclaims', 'data');
  await scene.create('v1/persistentvolumeclaims', claim('manual', { storageClassName: '' }));
  await scene.quiet();
  await scene.read('v1/persistentvolumeclaims', 'manual');
});
