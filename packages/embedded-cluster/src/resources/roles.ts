import { createdColumn, nameColumn } from './columns.ts';
import { validateRules } from './rbac-validation.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.Role',
  nameRule: 'pathSegment',
  createOnUpdate: true,
  columns: [nameColumn, createdColumn],
  validate: ({ rules }) => validateRules(rules, true),
} satisfies Resource as Resource;
