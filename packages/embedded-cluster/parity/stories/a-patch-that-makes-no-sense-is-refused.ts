import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a'));
  const path = scene.at('v1/configmaps', 'a');
  const merge = { contentType: 'application/merge-patch+json' };
  const json = { contentType: 'application/json-patch+json' };
  await scene.request('PATCH', path, '{"data":', merge);
  await scene.request('PATCH', path, '[]', merge);
  await scene.request('PATCH', path, '{"data":{"x":5}}', merge);
  await scene.request('PATCH', path, '{"kind":"Secret"}', merge);
  await scene.request('PATCH', path, '{"op":"add"}', json);
  await scene.request('PATCH', path, '[{"op":"dance","path":"/data/x","value":"1"}]', json);
  await scene.request('PATCH', path, '[{"op":"add","path":"/data/x","value":5}]', json);
  await scene.request('PATCH', path, '{"metadata":{"labels":{"bad key!":"x"}}}', merge);
});
