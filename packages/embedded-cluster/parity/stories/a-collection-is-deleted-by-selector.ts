import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  for (const name of ['a', 'b'])
    await scene.create('v1/configmaps', { metadata: { name, labels: { go: 'yes' } } });
  await scene.create('v1/configmaps', configMap('c'));
  await scene.request('DELETE', scene.at('v1/configmaps', undefined, undefined, { labelSelector: 'go=yes' }));
  await scene.list('v1/configmaps', { fieldSelector: 'metadata.name!=kube-root-ca.crt' });
});
