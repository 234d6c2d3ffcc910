import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', { metadata: { name: 'a', finalizers: ['plain', 'bad one'] } });
  await scene.create('v1/configmaps', {
    metadata: { name: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: '', uid: '' }] },
  });
  const owner = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    uid: `uid-${name}`,
    controller: true,
  });
  await scene.create('v1/configmaps', { metadata: { name: 'a', ownerReferences: [owner('x'), owner('y')] } });
  await scene.create('v1/configmaps', {
    metadata: { name: 'a', finalizers: ['foregroundDeletion', 'orphan'] },
  });
});
