import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Pod',
  subresources: { status: true },
  generation: 'spec',
} satisfies Resource as Resource;
