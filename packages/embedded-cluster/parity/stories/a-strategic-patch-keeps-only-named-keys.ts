import { deployment, isRolledOut } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
  await scene.settled(scene.at('apps/v1/deployments', 'web'), isRolledOut);
  await scene.patch('apps/v1/deployments', 'web', 'strategic', {
    spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
  });
});
