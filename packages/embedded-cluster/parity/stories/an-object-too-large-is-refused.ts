import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', configMap('a', { x: 'x'.repeat(1024 * 1024 + 1) }));
  await scene.create('v1/configmaps', {
    metadata: { name: 'a', annotations: { x: 'x'.repeat(256 * 1024) } },
  });
});
