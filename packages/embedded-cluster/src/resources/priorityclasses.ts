import { ageColumn, column, nameColumn } from './columns.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  generation: 'all',
  columns: [
    nameColumn,
    column('Value', ({ value }) => value, { type: 'integer' }),
    column('Global-Default', ({ globalDefault }) => globalDefault ?? false, { type: 'boolean' }),
    ageColumn,
    column('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
  ],
  defaults(priority) {
    priority.preemptionPolicy ??= 'PreemptLowerPriority';
  },
} satisfies Resource as Resource;
