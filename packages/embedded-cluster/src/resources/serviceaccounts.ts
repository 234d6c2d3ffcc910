import { ageColumn, nameColumn } from './columns.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  returnsDeleted: true,
  columns: [nameColumn, ageColumn],
} satisfies Resource as Resource;
