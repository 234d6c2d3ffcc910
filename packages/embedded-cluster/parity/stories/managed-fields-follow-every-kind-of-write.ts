import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a', { x: '1' }), { fieldManager: 'creator' });
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { y: '1' } }, { fieldManager: 'merger' });
  await scene.patch('v1/configmaps', 'a', 'json', [{ op: 'replace', path: '/data/x', value: '2' }], {
    fieldManager: 'jsoner',
  });
  const now = await scene.patch(
    'v1/configmaps',
    'a',
    'strategic',
    { metadata: { labels: { l: '1' } } },
    { fieldManager: 'strategist' },
  );
  await scene.replace('v1/configmaps', { ...now, data: { y: '1', z: '1' } }, { fieldManager: 'replacer' });
  await scene.patch('v1/configmaps', 'a', 'merge', {
    metadata: { annotations: { n: '1' }, finalizers: ['example.com/f'], ownerReferences: [] },
  });
  await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { managedFields: [{}] } });
  await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { finalizers: null } });
});
