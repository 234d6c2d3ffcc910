import { configMap, podTemplate } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/services', { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
  await scene.patch('v1/services', 's', 'merge', { spec: { sessionAffinity: 'ClientIP' } });
  await scene.create('v1/configmaps', configMap('a'));
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { x: '2' } });
  await scene.create('v1/podtemplates', { metadata: { name: 'a' }, template: podTemplate('a') });
  await scene.patch('v1/podtemplates', 'a', 'merge', { template: { spec: { hostname: 'a' } } });
  await scene.patch('v1/podtemplates', 'a', 'merge', { metadata: { labels: { x: '1' } } });
  await scene.create('networking.k8s.io/v1/ingresses', {
    metadata: { name: 'i' },
    spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
  });
  await scene.patch('networking.k8s.io/v1/ingresses', 'i', 'merge', { spec: { ingressClassName: 'x' } });
});
