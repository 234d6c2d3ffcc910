import type { Resource } from './resource.ts';

export default {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.Job',
  subresources: { status: true },
  generation: 'spec',
  propagation: 'Orphan',
} satisfies Resource as Resource;
