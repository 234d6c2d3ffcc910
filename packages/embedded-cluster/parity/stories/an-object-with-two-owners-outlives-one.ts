import type { Json } from '../client.ts';
import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const one = await scene.create('v1/configmaps', configMap('one'));
  const two = await scene.create('v1/configmaps', configMap('two'));
  const ref = (owner: Json) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: owner.metadata.name,
    uid: owner.metadata.uid,
  });
  await scene.create('v1/secrets', { metadata: { name: 'owned', ownerReferences: [ref(one), ref(two)] } });
  await scene.remove('v1/configmaps', 'one');
  await scene.settled(scene.at('v1/secrets', 'owned'), (s) => s.metadata.ownerReferences.length === 1);
});
