import { deployment } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/deployments', deployment('web', { replicas: 0 }));
  await scene.patch('apps/v1/deployments', 'web', 'merge', {
    spec: {
      selector: { matchLabels: { app: 'web', more: 'x' } },
      template: { metadata: { labels: { more: 'x' } } },
    },
  });
  await scene.patch('apps/v1/deployments', 'web', 'merge', {
    spec: { template: { metadata: { labels: { app: 'other' } } } },
  });
});
