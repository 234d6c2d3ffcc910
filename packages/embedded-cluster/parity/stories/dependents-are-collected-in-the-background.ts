import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const owner = await scene.create('v1/configmaps', configMap('owner'));
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
  await scene.create('v1/secrets', { metadata: { name: 'owned', ownerReferences } });
  await scene.remove('v1/configmaps', 'owner', { propagationPolicy: 'Background' });
  await scene.until(scene.at('v1/secrets', 'owned'), (_body, status) => status === 404);
  await scene.read('v1/secrets', 'owned');
});
