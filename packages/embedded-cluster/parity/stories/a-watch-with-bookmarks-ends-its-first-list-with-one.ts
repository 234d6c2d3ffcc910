import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/configmaps', {
    ...configMap('a'),
    metadata: { name: 'a', labels: { watched: 'yes' } },
  });
  const events = await scene.watch(
    scene.at('v1/configmaps', undefined, undefined, {
      labelSelector: 'watched',
      sendInitialEvents: true,
      allowWatchBookmarks: true,
      resourceVersionMatch: 'NotOlderThan',
    }),
    2,
  );
  if (events[1]?.type !== 'BOOKMARK') throw new Error('expected a bookmark after the first list');
  await scene.request(
    'GET',
    scene.at('v1/configmaps', undefined, undefined, { watch: true, sendInitialEvents: true }),
  );
});
