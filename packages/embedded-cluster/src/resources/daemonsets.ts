import type { Resource } from './resource.ts';

export default {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  subresources: { status: true },
  generation: 'spec',
} satisfies Resource as Resource;
