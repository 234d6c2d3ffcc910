import { crds, widgets } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const crd = widgets(scene.namespace, {
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              min: { type: 'integer' },
              max: { type: 'integer' },
              fixed: {
                type: 'string',
                'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed is immutable' }],
              },
            },
            'x-kubernetes-validations': [
              { rule: 'self.min <= self.max', message: 'min must not exceed max' },
            ],
          },
        },
      },
    },
  });
  await scene.createClusterWide(crds, crd);
  const resource = `${crd.spec.group}/v1/widgets`;
  await scene.until(scene.at(resource), (_b, status) => status === 200);
  const widget = (spec: object) => ({
    apiVersion: `${crd.spec.group}/v1`,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec,
  });
  await scene.create(resource, widget({ min: 3, max: 2, fixed: 'x' }));
  await scene.create(resource, widget({ min: 1, max: 2, fixed: 'x' }));
  await scene.patch(resource, 'a', 'merge', { spec: { fixed: 'y' } });
});
