import { same } from '../store/freeze.ts';
import { ageColumn, column, labelsText, nameColumn, selectorColumn, templateColumns } from './columns.ts';

import { defaultPodTemplate } from './pod-defaults.ts';
import type { Resource } from './resource.ts';
import { validateWorkload } from './workload-validation.ts';

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

  columns: [
    nameColumn,
    column('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0, { type: 'integer' }),
    column('Current', ({ status }) => status?.currentNumberScheduled ?? 0, { type: 'integer' }),
    column('Ready', ({ status }) => status?.numberReady ?? 0, { type: 'integer' }),
    column('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0, { type: 'integer' }),
    column('Available', ({ status }) => status?.numberAvailable ?? 0, { type: 'integer' }),
    column('Node Selector', ({ spec }) => labelsText(spec.template.spec?.nodeSelector)),
    ageColumn,
    ...templateColumns(({ spec }) => spec.template.spec),
    selectorColumn,
  ],
  defaults(set) {
    set.spec ??= {};
    const { spec } = set;
    spec.template ??= {};
    defaultPodTemplate(spec.template);
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ??= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
      spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    set.metadata.annotations = { [GENERATION]: '1', ...set.metadata.annotations };
  },
  prepareForCreate(set) {
    set.status = {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    };
  },
  prepareForUpdate(set, old) {
    const count = Number(old.metadata.annotations?.[GENERATION] ?? 1);
    const changed = !same(set.spec.template, old.spec.template);
    set.metadata.annotations = {
      ...set.metadata.annotations,
      [GENERATION]: String(changed ? count + 1 : count),
    };
  },
  validate: ({ spec }, old) => validateWorkload(spec, old?.spec, 'daemonset'),
} satisfies Resource as Resource;

/** A field of an old API version, kept as an annotation. */
export const GENERATION = 'deprecated.daemonset.template.generation';
