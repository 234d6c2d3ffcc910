import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } });
  await scene.create('v1/configmaps', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } });
  await scene.create('v1/configmaps', { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } });
});
