import { ageColumn, column, nameColumn, selectorColumn, templateColumns } from './columns.ts';

import { type FieldError, forbidden, invalid } from './field-errors.ts';
import type { Fields } from './fields.ts';
import { countOf, negatives } from './numbers.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import type { Resource } from './resource.ts';
import { validateWorkload } from './workload-validation.ts';

export default {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.Deployment',
  subresources: {
    status: true,
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.spec.selector',
    },
  },
  generation: 'specAndAnnotations',

  columns: [
    nameColumn,
    column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas}`),
    column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    column('Available', ({ status }) => status?.availableReplicas ?? 0),
    ageColumn,
    ...templateColumns(({ spec }) => spec.template.spec),
    selectorColumn,
  ],
  defaults(deployment) {
    deployment.spec ??= {};
    const { spec } = deployment;
    spec.replicas ??= 1;
    spec.template ??= {};
    defaultPodTemplate(spec.template);
    spec.strategy ??= {};
    spec.strategy.type ??= 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate') {
      spec.strategy.rollingUpdate ??= {};
      spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
      spec.strategy.rollingUpdate.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
  },
  validate: ({ spec }, old) => [
    ...validateWorkload(spec, old?.spec, 'deployment'),
    ...negatives(spec, 'spec', 'replicas', 'minReadySeconds', 'revisionHistoryLimit'),
    ...validateStrategy(spec.strategy),
    ...(spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)
      ? [
          invalid(
            'spec.progressDeadlineSeconds',
            spec.progressDeadlineSeconds,
            'must be greater than minReadySeconds',
          ),
        ]
      : []),
  ],
  // As the real server: a status writer may set annotations, and no labels.
  prepareForStatusUpdate(object, old) {
    object.metadata.labels = old.metadata.labels;
  },
  validateStatus({ status }) {
    const counts = [
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
    ];
    const replicas = status?.replicas ?? 0;
    return [
      ...negatives(status, 'status', ...counts),
      ...['updatedReplicas', 'readyReplicas', 'availableReplicas']
        .filter((name) => (status?.[name] ?? 0) > replicas)
        .map((name) =>
          invalid(`status.${name}`, status?.[name] ?? 0, 'cannot be greater than status.replicas'),
        ),
    ];
  },
} satisfies Resource as Resource;

function validateStrategy({ type, rollingUpdate }: Fields): FieldError[] {
  const at = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    return rollingUpdate ? [forbidden(at, "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  const { maxSurge, maxUnavailable } = rollingUpdate;
  if (countOf(maxSurge, 100) > 0 || countOf(maxUnavailable, 100) > 0) return [];
  return [invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')];
}
