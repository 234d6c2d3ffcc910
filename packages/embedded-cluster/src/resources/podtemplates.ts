import { column, labelsText, nameColumn, templateColumns } from './columns.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.PodTemplate',
  returnsDeleted: true,
  generation: 'all',

  columns: [
    nameColumn,
    ...templateColumns(({ template }) => template.spec).map(({ priority: _, ...shown }) => shown),
    column('Pod Labels', ({ template }) => labelsText(template.metadata?.labels)),
  ],
  defaults(object) {
    object.template ??= {};
    defaultPodTemplate(object.template);
  },
  validate: ({ template }) => validatePodSpec(template.spec, 'template.spec'),
} satisfies Resource as Resource;
