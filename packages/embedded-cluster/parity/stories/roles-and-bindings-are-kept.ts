import { story } from '../story.ts';

export default story(async (scene) => {
  const role = {
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
  };
  const binding = {
    metadata: { name: 'reads' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [
      { kind: 'ServiceAccount', name: 'default', namespace: scene.namespace },
      { kind: 'User', name: 'ann' },
    ],
  };
  await scene.create('rbac.authorization.k8s.io/v1/roles', role);
  await scene.create('rbac.authorization.k8s.io/v1/rolebindings', binding);
  await scene.patch('rbac.authorization.k8s.io/v1/rolebindings', 'reads', 'merge', {
    roleRef: { name: 'other' },
  });
  await scene.create('rbac.authorization.k8s.io/v1/roles', {
    metadata: { name: 'bad' },
    rules: [{ verbs: [] }],
  });
  await scene.create('rbac.authorization.k8s.io/v1/rolebindings', {
    metadata: { name: 'bad' },
    roleRef: { kind: 'Role', name: '' },
  });
});
