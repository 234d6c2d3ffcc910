import { story } from '../story.ts';

export default story(async (scene) => {
  const make = (spec: object) =>
    scene.create('v1/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  await make({});
  await make({ containers: [{ name: 'a', image: 'x', imagePullPolicy: 'Sideways' }] });
  await make({ containers: [{ name: 'a', image: ' ' }] });
  await make({ containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 70000 }] }] });
  await make({ containers: [{ name: 'a', image: 'x', env: [{ name: '', value: 'x' }] }] });
  await make({
    containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }],
  });
  await make({ containers: [{ name: 'a', image: 'x' }], restartPolicy: 'Sometimes' });
  await make({ containers: [{ name: 'a', image: 'x' }], serviceAccountName: 'nobody' });
  await make({
    containers: [{ name: 'a', image: 'x' }],
    volumes: [{ name: 'v' }, { name: 'v', emptyDir: {} }],
  });
});
