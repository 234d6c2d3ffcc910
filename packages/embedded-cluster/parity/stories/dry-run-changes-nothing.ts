import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'), { dryRun: 'All' });
  await scene.read('v1/configmaps', 'a');
  await scene.create('v1/configmaps', configMap('a'));
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { colour: 'blue' } }, { dryRun: 'All' });
  await scene.apply('v1/configmaps', configMap('a', { other: 'x' }), { fieldManager: 'one', dryRun: 'All' });
  await scene.remove('v1/configmaps', 'a', undefined, { dryRun: 'All' });
  await scene.remove('v1/configmaps', 'a', { dryRun: ['All'] });
  await scene.create('v1/configmaps', configMap('a'), { dryRun: 'All' });
  await scene.create('v1/configmaps', configMap('b'), { dryRun: 'Some' });
  await scene.read('v1/configmaps', 'a');
});
