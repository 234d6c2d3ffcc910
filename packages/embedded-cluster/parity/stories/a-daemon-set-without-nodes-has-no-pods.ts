import { podTemplate } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/daemonsets', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { app: 'd' } }, template: podTemplate('d') },
  });
  await scene.settled(scene.at('apps/v1/daemonsets', 'd'), (d) => d.status?.observedGeneration === 1);
  await scene.list('v1/pods');
  await scene.settled(scene.at('apps/v1/controllerrevisions'), (l) => l.items.length === 1);
});
