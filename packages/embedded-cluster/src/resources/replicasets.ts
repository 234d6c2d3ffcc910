import { ageColumn, column, nameColumn, selectorColumn, templateColumns } from './columns.ts';

import { negatives } from './numbers.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import type { Resource } from './resource.ts';
import { validateWorkload } from './workload-validation.ts';

export default {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  subresources: {
    status: true,
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.spec.selector',
    },
  },
  generation: 'spec',

  columns: [
    nameColumn,
    column('Desired', ({ spec }) => spec.replicas, { type: 'integer' }),
    column('Current', ({ status }) => status?.replicas ?? 0, { type: 'integer' }),
    column('Ready', ({ status }) => status?.readyReplicas ?? 0, { type: 'integer' }),
    ageColumn,
    ...templateColumns(({ spec }) => spec.template.spec),
    selectorColumn,
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  defaults(set) {
    set.spec ??= {};
    set.spec.replicas ??= 1;
    set.spec.template ??= {};
    defaultPodTemplate(set.spec.template);
  },
  prepareForCreate(set) {
    set.status = { replicas: 0 };
  },
  validate: ({ spec }, old) => [
    ...validateWorkload(spec, old?.spec, 'deployment'),
    ...negatives(spec, 'spec', 'replicas', 'minReadySeconds'),
  ],
} satisfies Resource as Resource;
