import { configMap, deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.replace('v1/configmaps', { ...made, data: { colour: 'blue' } });
  await scene.replace('v1/configmaps', { ...made, data: { colour: 'green' } });
  await scene.patch('v1/configmaps', 'a', 'merge', {
    metadata: { resourceVersion: made.metadata.resourceVersion },
    data: { colour: 'x' },
  });
  const other = await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.replace('apps/v1/deployments', { ...other, spec: { ...other.spec, paused: true } });
});
