import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.watch(scene.at('v1/configmaps', undefined, undefined, { resourceVersion: 1 }), 1);
});
