import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  await scene.request('PUT', scene.at('v1/configmaps', 'b'), made);
  await scene.request('PUT', scene.at('v1/configmaps', 'a'), {
    ...made,
    metadata: { ...made.metadata, name: '' },
  });
});
