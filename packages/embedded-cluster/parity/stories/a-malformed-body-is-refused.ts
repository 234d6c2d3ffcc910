import { story } from '../story.ts';

export default story(async (scene) => {
  const path = scene.at('v1/configmaps');
  await scene.request('POST', path, '{"metadata":');
  await scene.request('POST', path, '[]');
  await scene.request('POST', path, '"text"');
  await scene.request('POST', path, '');
  await scene.request('POST', path, '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":7}}');
  await scene.request(
    'POST',
    path,
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":5}}',
  );
});
