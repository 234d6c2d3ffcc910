import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.watch(
    scene.at('v1/configmaps', undefined, undefined, { labelSelector: 'none=there', timeoutSeconds: 1 }),
    99,
  );
});
