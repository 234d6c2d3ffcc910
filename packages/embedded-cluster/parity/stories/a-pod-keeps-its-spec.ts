import { pod } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/pods', pod('p'));
  await scene.until(scene.at('v1/pods', 'p'), (p) => p.status?.conditions);
  await scene.patch('v1/pods', 'p', 'strategic', {
    spec: { containers: [{ name: 'main', image: 'other:1' }] },
  });
  await scene.patch('v1/pods', 'p', 'merge', { spec: { restartPolicy: 'Never' } });
  await scene.patch('v1/pods', 'p', 'merge', { spec: { activeDeadlineSeconds: 100 } });
  await scene.patch('v1/pods', 'p', 'merge', { metadata: { labels: { fine: 'yes' } } });
});
