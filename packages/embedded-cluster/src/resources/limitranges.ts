import { createdColumn, nameColumn } from './columns.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.LimitRange',
  createOnUpdate: true,
  columns: [nameColumn, createdColumn],
} satisfies Resource as Resource;
