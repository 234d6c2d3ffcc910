import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('coordination.k8s.io/v1/leases', {
    metadata: { name: 'l' },
    spec: {
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      acquireTime: '2024-01-01T00:00:00.000000Z',
      renewTime: '2024-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    },
  });
  await scene.replace('coordination.k8s.io/v1/leases', {
    ...made,
    spec: { ...made.spec, holderIdentity: 'two', leaseTransitions: 1 },
  });
  await scene.replace('coordination.k8s.io/v1/leases', made);
  await scene.create('coordination.k8s.io/v1/leases', {
    metadata: { name: 'm' },
    spec: { leaseDurationSeconds: 0, leaseTransitions: -1 },
  });
});
