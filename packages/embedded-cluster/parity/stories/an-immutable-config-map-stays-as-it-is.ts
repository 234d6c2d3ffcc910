import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', { ...configMap('a'), immutable: true });
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'blue' } });
  await scene.patch('v1/configmaps', 'a', 'merge', { binaryData: { x: 'eA==' } });
  await scene.patch('v1/configmaps', 'a', 'merge', { immutable: false });
  await scene.patch('v1/configmaps', 'a', 'merge', { immutable: null });
  await scene.patch('v1/configmaps', 'a', 'merge', { metadata: { labels: { fine: 'yes' } } });
  await scene.create('v1/secrets', { metadata: { name: 's' }, data: { x: 'eA==' }, immutable: true });
  await scene.patch('v1/secrets', 's', 'merge', { data: { x: 'eQ==' } });
  await scene.patch('v1/secrets', 's', 'merge', { immutable: false });
});
