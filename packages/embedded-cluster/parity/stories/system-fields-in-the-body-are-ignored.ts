import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', {
    metadata: {
      name: 'a',
      uid: '00000000-0000-4000-8000-000000000000',
      creationTimestamp: '2020-01-01T00:00:00Z',
      deletionTimestamp: '2020-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 5,
      generation: 7,
      selfLink: '/nowhere',
      managedFields: [],
    },
    data: { x: '1' },
  });
});
