import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  const made = await scene.create('v1/configmaps', configMap('a'));
  const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
  await scene.request('GET', scene.at('v1/configmaps', made.metadata.name), undefined, { accept });
  await scene.request(
    'GET',
    scene.at('v1/configmaps', undefined, undefined, { fieldSelector: 'metadata.name=a' }),
    undefined,
    {
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    },
  );
});
