import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('Upper_Case'));
  await scene.create('v1/configmaps', configMap('-dash'));
  await scene.create('v1/configmaps', configMap('a'.repeat(254)));
  await scene.create('v1/services', { metadata: { name: '1st' }, spec: { ports: [{ port: 80 }] } });
  await scene.create('v1/configmaps', { metadata: { name: 'a', labels: { 'bad key!': 'x', ok: 'not ok' } } });
  await scene.create('v1/configmaps', {
    metadata: { name: 'a', labels: { 'Upper.Case/x': 'a'.repeat(64) } },
  });
  await scene.create('v1/configmaps', { metadata: { name: 'a', annotations: { 'bad key!': 'x' } } });
  await scene.create('v1/configmaps', { metadata: { name: 'a', generateName: 'Bad_' } });
});
