import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.PodTemplate',
  createOnUpdate: true,
  generation: 'all',
} satisfies Resource as Resource;
