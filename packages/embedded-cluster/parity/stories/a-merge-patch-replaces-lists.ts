import { podTemplate } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/podtemplates', { metadata: { name: 'a' }, template: podTemplate('a') });
  await scene.patch('v1/podtemplates', 'a', 'merge', {
    template: { spec: { containers: [{ name: 'other', image: 'example.com/busybox:1' }] } },
  });
});
