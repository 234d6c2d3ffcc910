import { configMap, deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const odd = { ...configMap('a'), dta: { x: '1' } };
  await scene.create('v1/configmaps', odd, { fieldValidation: 'Strict' });
  await scene.create('v1/configmaps', odd, { fieldValidation: 'Warn' });
  await scene.create('v1/configmaps', { ...odd, metadata: { name: 'b' } }, { fieldValidation: 'Ignore' });
  await scene.create('v1/configmaps', { ...odd, metadata: { name: 'c', lables: {} } });
  await scene.create('v1/configmaps', odd, { fieldValidation: 'Sometimes' });
  const wrong = deployment('web', { replicas: 0, replcas: 3 });
  await scene.create('apps/v1/deployments', wrong, { fieldValidation: 'Strict' });
  await scene.create('apps/v1/deployments', wrong);
  await scene.patch(
    'apps/v1/deployments',
    'web',
    'merge',
    { spec: { nonsense: 1 } },
    { fieldValidation: 'Strict' },
  );
  await scene.request(
    'POST',
    scene.at('v1/configmaps'),
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"},"data":{"x":"1","x":"2"}}',
  );
});
