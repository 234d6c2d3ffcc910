import { podTemplate } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const patch = (spec: object) => scene.patch('v1/podtemplates', 'a', 'strategic', { template: { spec } });
  await scene.create('v1/podtemplates', { metadata: { name: 'a' }, template: podTemplate('a') });
  await patch({ containers: [{ name: 'side', image: 'example.com/busybox:1' }] });
  await patch({
    containers: [{ name: 'main', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] }],
  });
  await patch({
    containers: [
      {
        name: 'main',
        env: [
          { name: 'A', value: '2' },
          { name: 'B', value: '3' },
        ],
      },
    ],
  });
  await patch({
    $setElementOrder: undefined,
    '$setElementOrder/containers': [{ name: 'main' }, { name: 'side' }],
  });
  await patch({ containers: [{ name: 'side', $patch: 'delete' }] });
  await patch({ tolerations: [{ key: 'a', operator: 'Exists' }] });
  await patch({ tolerations: [{ key: 'b', operator: 'Exists' }] });
  await patch({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'example.com/pause:1' }] });
  await patch({ containers: [{ image: 'example.com/pause:1' }] });
});
