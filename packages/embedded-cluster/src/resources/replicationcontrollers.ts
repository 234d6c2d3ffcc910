import { ageColumn, column, labelsText, nameColumn, templateColumns } from './columns.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ReplicationController',
  returnsDeleted: true,
  subresources: {
    status: true,
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.spec.selector',
    },
  },
  generation: 'spec',
  propagation: 'Orphan',

  columns: [
    nameColumn,
    column('Desired', ({ spec }) => spec.replicas, { type: 'integer' }),
    column('Current', ({ status }) => status?.replicas ?? 0, { type: 'integer' }),
    column('Ready', ({ status }) => status?.readyReplicas ?? 0, { type: 'integer' }),
    ageColumn,
    ...templateColumns(({ spec }) => spec.template.spec),
    column('Selector', ({ spec }) => labelsText(spec.selector), { wide: true }),
  ],
  defaults(controller) {
    controller.spec ??= {};
    controller.spec.replicas ??= 1;
    if (!controller.spec.template) return;
    defaultPodTemplate(controller.spec.template);
    controller.spec.selector ??= controller.spec.template.metadata?.labels;
  },
  prepareForCreate(controller) {
    controller.status = { replicas: 0 };
  },
} satisfies Resource as Resource;
