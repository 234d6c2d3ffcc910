import type { Resource } from './resource.ts';

export default {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  nameRule: 'pathSegment',
  createOnUpdate: true,
} satisfies Resource as Resource;
