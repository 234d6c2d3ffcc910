import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Service',
  subresources: { status: true },
  nameRule: 'dns1035label',
  createOnUpdate: true,
} satisfies Resource as Resource;
