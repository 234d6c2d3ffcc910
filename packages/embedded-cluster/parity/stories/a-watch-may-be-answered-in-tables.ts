import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.patch('v1/configmaps', 'a', 'merge', { data: { more: 'x' } });
  const path = scene.at('v1/configmaps', undefined, undefined, {
    fieldSelector: 'metadata.name=a',
    resourceVersion: made.metadata.resourceVersion,
    watch: true,
    timeoutSeconds: 1,
  });
  const { body } = await scene.client.send({
    method: 'GET',
    path,
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  scene.entries.push({ step: 'watch', body });
});
