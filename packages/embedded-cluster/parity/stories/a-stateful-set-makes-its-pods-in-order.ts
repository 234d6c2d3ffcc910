import { statefulSet } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('apps/v1/statefulsets', statefulSet('db', { replicas: 3 }));
  await scene.settled(scene.at('apps/v1/statefulsets', 'db'), (s) => s.status?.replicas === 1);
  await scene.settled(scene.at('v1/pods'), (l) => l.items.length === 1 && l.items[0].status.conditions);
  await scene.list('apps/v1/controllerrevisions');
});
