import { configMap } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.request('POST', '/api/v1/namespaces/parity-there-is-none/configmaps', configMap('a'));
  await scene.request('GET', '/api/v1/namespaces/parity-there-is-none/configmaps');
  await scene.request('GET', '/api/v1/namespaces/parity-there-is-none/configmaps/a');
});
