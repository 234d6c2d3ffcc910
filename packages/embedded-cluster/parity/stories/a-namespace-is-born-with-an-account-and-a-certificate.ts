import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.request('GET', `/api/v1/namespaces/${scene.namespace}`);
  await scene.read('v1/serviceaccounts', 'default');
  const { data, ...rest } = await scene.until(
    scene.at('v1/configmaps', 'kube-root-ca.crt'),
    (_b, status) => status === 200,
  );
  scene.entries.push({ step: 'certificate', body: { ...rest, data: Object.keys(data) } });
});
