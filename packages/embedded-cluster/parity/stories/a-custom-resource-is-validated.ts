import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace);
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  const make = (spec: unknown) =>
    scene.create(resource, {
      apiVersion: `${crd.spec.group}/v1`,
      kind: 'Widget',
      metadata: { name: 'a' },
      spec,
    });
  await make({});
  await make({ size: 0 });
  await make({ size: 11 });
  await make({ size: 'big' });
  await make({ size: 1.5 });
  await make({ size: 1, colour: 'green' });
  await make({ size: 1, name: 'UPPER' });
  await make({ size: 1, name: 'waytoolong' });
  await make({ size: 1, tags: ['a', 'b', 'c'] });
  await make({ size: 1, tags: 'a' });
  await make({ size: 1, nested: { on: 'yes' } });
  await make({ size: 0, colour: 'green', tags: [1] });
  await make('text');
  await make({ size: 5, colour: 'blue', name: 'ok', tags: ['a'], nested: { level: 1.5 } });
});
