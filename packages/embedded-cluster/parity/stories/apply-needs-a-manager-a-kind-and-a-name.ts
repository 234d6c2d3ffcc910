import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const path = scene.at('v1/configmaps', 'a');
  const apply = { contentType: 'application/apply-patch+yaml' };
  await scene.request('PATCH', path, configMap('a'), apply);
  await scene.request('PATCH', `${path}?fieldManager=one`, { data: { x: '1' } }, apply);
  await scene.request('PATCH', `${path}?fieldManager=one`, configMap('b'), apply);
  await scene.request(
    'PATCH',
    `${path}?fieldManager=one`,
    { ...configMap('a'), metadata: { name: 'a', managedFields: [{ manager: 'x' }] } },
    apply,
  );
  await scene.request('PATCH', `${path}?fieldManager=one&force=maybe`, configMap('a'), apply);
  await scene.request('PATCH', `${path}?fieldManager=${'x'.repeat(129)}`, configMap('a'), apply);
  await scene.request(
    'PATCH',
    `${path}?fieldManager=one&force=true`,
    {},
    { contentType: 'application/merge-patch+json' },
  );
});
