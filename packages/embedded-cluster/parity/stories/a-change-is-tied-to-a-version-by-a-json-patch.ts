import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  const { resourceVersion, uid } = made.metadata;
  const change = (value: string) => [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/data/colour', value },
  ];
  await scene.patch('v1/configmaps', 'a', 'json', change('blue'));
  await scene.patch('v1/configmaps', 'a', 'json', change('green'));
  await scene.patch('v1/configmaps', 'a', 'merge', {
    metadata: { uid: '00000000-0000-4000-8000-000000000000' },
    data: { colour: 'x' },
  });
  await scene.patch('v1/configmaps', 'a', 'json', [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]);
});
