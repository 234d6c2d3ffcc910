import { configMap, pod } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'));
  await scene.create('v1/configmaps', configMap('b'));
  await scene.list('v1/configmaps', { fieldSelector: 'metadata.name=a' });
  await scene.list('v1/configmaps', { fieldSelector: 'metadata.name!=a,metadata.name!=kube-root-ca.crt' });
  await scene.list('v1/configmaps', {
    fieldSelector: `metadata.namespace=${scene.namespace},metadata.name==b`,
  });
  await scene.list('v1/configmaps', { fieldSelector: 'metadata.namespace=other' });
  await scene.list('v1/configmaps', { fieldSelector: 'data.colour=red' });
  await scene.list('v1/configmaps', { fieldSelector: 'metadata.name' });
  await scene.create('v1/pods', pod('p'));
  await scene.until(scene.at('v1/pods', 'p'), (p) => p.status?.conditions);
  await scene.list('v1/pods', { fieldSelector: 'status.phase=Pending,spec.restartPolicy=Always' });
  await scene.list('v1/pods', { fieldSelector: 'status.phase=Running' });
  await scene.list('v1/pods', { fieldSelector: 'spec.nodeName=' });
  await scene.list('v1/pods', { fieldSelector: 'spec.image=x' });
});
