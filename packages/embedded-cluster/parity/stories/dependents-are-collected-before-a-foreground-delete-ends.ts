import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const owner = await scene.create('v1/configmaps', configMap('owner'));
  const ownerReferences = [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, blockOwnerDeletion: true },
  ];
  await scene.create('v1/secrets', {
    metadata: { name: 'owned', ownerReferences, finalizers: ['example.com/hold'] },
  });
  await scene.remove('v1/configmaps', 'owner', { propagationPolicy: 'Foreground' });
  await scene.settled(scene.at('v1/secrets', 'owned'), (s) => s.metadata.deletionTimestamp);
  await scene.read('v1/configmaps', 'owner');
  await scene.patch('v1/secrets', 'owned', 'merge', { metadata: { finalizers: null } });
  await scene.until(scene.at('v1/configmaps', 'owner'), (_body, status) => status === 404);
});
