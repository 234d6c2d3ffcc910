import { story } from '../story.ts';

export default story(async (scene) => {
  const make = (name: string, ...resources: object[]) =>
    scene.create('v1/pods', {
      metadata: { name },
      spec: {
        containers: resources.map((r, i) => ({ name: `c${i}`, image: 'example.com/pause:1', resources: r })),
      },
    });
  const both = { cpu: '500m', memory: '128Mi' };
  await make('guaranteed', { limits: both });
  await make('burstable', { requests: { cpu: 0.5 } });
  await make('mixed', { limits: both }, {});
  await make('uneven', { requests: { cpu: '100m', memory: '128Mi' }, limits: both });
});
