import { createdColumn, nameColumn } from './columns.ts';
import { validateRules } from './rbac-validation.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  nameRule: 'pathSegment',
  createOnUpdate: true,
  columns: [nameColumn, createdColumn],
  validate: ({ rules }) => validateRules(rules, false),
} satisfies Resource as Resource;
