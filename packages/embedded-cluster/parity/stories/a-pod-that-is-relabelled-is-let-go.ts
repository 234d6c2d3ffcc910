import { podTemplate } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'rs' } }, template: podTemplate('rs') },
  };
  await scene.create('apps/v1/replicasets', set);
  const { items } = await scene.until(
    scene.at('v1/pods'),
    (l) => l.items.length === 1 && l.items[0].status.conditions,
  );
  const { name } = items[0].metadata;
  await scene.client.send({
    method: 'PATCH',
    path: scene.at('v1/pods', name),
    contentType: 'application/merge-patch+json',
    body: { metadata: { labels: { app: 'free' } } },
  });
  await scene.settled(
    scene.at('v1/pods', undefined, undefined, { labelSelector: 'app=free' }),
    (l) => l.items[0] && !l.items[0].metadata.ownerReferences,
  );
  await scene.settled(
    scene.at('v1/pods', undefined, undefined, { labelSelector: 'app=rs' }),
    (l) => l.items.length === 1 && l.items[0].status.conditions,
  );
});
