import type { Resource } from './resource.ts';

export default {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  schema: 'io.k8s.api.networking.v1.Ingress',
  subresources: { status: true },
  generation: 'spec',
} satisfies Resource as Resource;
