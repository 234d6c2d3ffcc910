import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'));
  await scene.remove('v1/configmaps', 'a', { propagationPolicy: 'Sideways' });
  await scene.remove('v1/configmaps', 'a', { propagationPolicy: 'Orphan', orphanDependents: true });
  await scene.remove('v1/configmaps', 'a', { gracePeriodSeconds: -5 });
  await scene.remove('v1/configmaps', 'a', undefined, { propagationPolicy: 'Sideways' });
});
