import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', { metadata: { generateName: 'run-' }, data: { x: '1' } });
  await scene.read('v1/configmaps', made.metadata.name);
});
