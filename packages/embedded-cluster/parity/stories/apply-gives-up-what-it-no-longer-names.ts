import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.apply('v1/configmaps', configMap('a', { x: '1', y: '2' }), { fieldManager: 'one' });
  await scene.apply('v1/configmaps', configMap('a', { x: '1' }), { fieldManager: 'one' });
  await scene.apply(
    'v1/configmaps',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    { fieldManager: 'one' },
  );
});
