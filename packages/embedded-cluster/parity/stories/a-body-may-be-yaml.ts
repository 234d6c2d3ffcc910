import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.request(
    'POST',
    scene.at('v1/configmaps'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n',
    { contentType: 'application/yaml' },
  );
  await scene.read('v1/configmaps', 'a');
});
