import { ageColumn, column, nameColumn, subjectColumns } from './columns.ts';
import { validateBinding } from './rbac-validation.ts';
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
  columns: [
    nameColumn,
    column('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
    ageColumn,
    ...subjectColumns,
  ],
  defaults(binding) {
    if (binding.roleRef) binding.roleRef.apiGroup ||= 'rbac.authorization.k8s.io';
    for (const subject of binding.subjects ?? []) {
      if (subject.kind !== 'ServiceAccount') subject.apiGroup ||= 'rbac.authorization.k8s.io';
    }
  },
  validate: validateBinding,
} satisfies Resource as Resource;
