import type { Resource } from './resource.ts';

export default {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.CronJob',
  subresources: { status: true },
  generation: 'spec',
} satisfies Resource as Resource;
