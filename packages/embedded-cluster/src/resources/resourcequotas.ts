import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  returnsDeleted: true,
  subresources: { status: true },
} satisfies Resource as Resource;
