import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.apply(
    'v1/configmaps',
    { ...configMap('a'), metadata: { name: 'a', labels: { 'bad key!': 'x' } } },
    { fieldManager: 'one' },
  );
  await scene.apply('v1/configmaps', { ...configMap('a'), nonsense: 1 }, { fieldManager: 'one' });
  await scene.apply('v1/configmaps', { ...configMap('a'), data: { x: 1 } }, { fieldManager: 'one' });
  await scene.apply(
    'apps/v1/deployments',
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 1 } },
    { fieldManager: 'one' },
  );
  await scene.apply(
    'v1/configmaps',
    { ...configMap('a'), metadata: { name: 'a', resourceVersion: '1' } },
    { fieldManager: 'one' },
  );
  await scene.apply(
    'v1/configmaps',
    { ...configMap('a'), metadata: { name: 'a', uid: '00000000-0000-4000-8000-000000000000' } },
    { fieldManager: 'one' },
  );
});
