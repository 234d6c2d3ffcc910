import { createdColumn, nameColumn } from './columns.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  subresources: { status: true },
  generation: 'spec',
  unconditionalUpdate: false,
  columns: [nameColumn, createdColumn],
} satisfies Resource as Resource;
