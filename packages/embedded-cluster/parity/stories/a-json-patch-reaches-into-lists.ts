import { podTemplate } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/podtemplates', { metadata: { name: 'a' }, template: podTemplate('a') });
  await scene.patch('v1/podtemplates', 'a', 'json', [
    {
      op: 'add',
      path: '/template/spec/containers/-',
      value: { name: 'side', image: 'example.com/busybox:1' },
    },
    { op: 'add', path: '/template/spec/containers/0/env', value: [{ name: 'A', value: '1' }] },
    { op: 'replace', path: '/template/spec/containers/1/image', value: 'example.com/busybox:2' },
  ]);
  await scene.patch('v1/podtemplates', 'a', 'json', [{ op: 'remove', path: '/template/spec/containers/5' }]);
  await scene.patch('v1/podtemplates', 'a', 'json', [
    { op: 'add', path: '/template/spec/containers/5', value: {} },
  ]);
  await scene.patch('v1/podtemplates', 'a', 'json', [{ op: 'remove', path: '/template/spec/containers/0' }]);
});
