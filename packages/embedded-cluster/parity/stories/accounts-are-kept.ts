import { pod } from '../objects.ts';
import { story } from '../story.ts';

export default story(async (scene) => {
  await scene.create('v1/serviceaccounts', {
    metadata: { name: 'robot' },
    automountServiceAccountToken: false,
  });
  await scene.create('v1/pods', { ...pod('p'), spec: { ...pod('p').spec, serviceAccountName: 'robot' } });
  await scene.request('POST', scene.clusterWide('authorization.k8s.io/v1/selfsubjectaccessreviews'), {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: scene.namespace } },
  });
});
