import { story } from '../story.ts';

export default story(async (scene) => {
  const apply = (fieldManager: string, ...containers: object[]) =>
    scene.apply(
      'v1/podtemplates',
      { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'a' }, template: { spec: { containers } } },
      { fieldManager },
    );
  const main = { name: 'main', image: 'example.com/pause:1' };
  await apply('one', { ...main, ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] });
  await apply('two', { name: 'side', image: 'example.com/busybox:1' });
  await apply('two', { name: 'main', image: 'example.com/busybox:1', env: [{ name: 'A', value: '2' }] });
  await apply('two', { ...main, env: [{ name: 'B', value: '1' }] });
  await apply('one', main);
  await apply('two');
  await apply('one', { ...main, ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] });
  await apply('one', {
    ...main,
    env: [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ],
  });
});
