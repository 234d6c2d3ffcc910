import { story } from '../story.ts';

export default story(async (scene) => {
  const ownerReferences = [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '00000000-0000-4000-8000-000000000000' },
  ];
  await scene.create('v1/secrets', { metadata: { name: 'owned', ownerReferences } });
  await scene.until(scene.at('v1/secrets', 'owned'), (_body, status) => status === 404);
});
