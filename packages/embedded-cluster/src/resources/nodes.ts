import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.Node',
  subresources: { status: true },
  keepsStatusOnCreate: true,
} satisfies Resource as Resource;
