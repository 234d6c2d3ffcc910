import { story } from '../story.ts';

export default story(async (scene) => {
  const yaml =
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n  long: |\n    two\n    lines\n';
  await scene.request('PATCH', `${scene.at('v1/configmaps', 'a')}?fieldManager=one`, yaml, {
    contentType: 'application/apply-patch+yaml',
  });
  await scene.request('PATCH', `${scene.at('v1/configmaps', 'a')}?fieldManager=one`, 'a: [', {
    contentType: 'application/apply-patch+yaml',
  });
  await scene.read('v1/configmaps', 'a');
});
