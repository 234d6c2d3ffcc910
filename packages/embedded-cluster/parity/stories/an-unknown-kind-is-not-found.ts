import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.read('example.com/v1/widgets', 'a');
  await scene.create('example.com/v1/widgets', {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'a' },
  });
  await scene.read('v1/nothings', 'a');
  await scene.read('apps/v7/deployments', 'a');
  await scene.read('apps/v1/nothings', 'a');
  await scene.read('apps/v1/deployments', 'a', 'nothing');
});
