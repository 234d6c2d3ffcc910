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
  const { items } = await scene.until(scene.at('v1/pods'), (l) => l.items.length === 1);
  const old = items[0].metadata.name;
  await scene.client.send({ method: 'DELETE', path: scene.at('v1/pods', old) });
  await scene.settled(
    scene.at('v1/pods'),
    (l) => l.items.length === 1 && l.items[0].metadata.name !== old && l.items[0].status.conditions,
  );
  await scene.settled(scene.at('apps/v1/replicasets', 'rs'), (r) => r.status.replicas === 1);
});
