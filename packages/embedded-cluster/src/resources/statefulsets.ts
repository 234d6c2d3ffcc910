import { same } from '../store/freeze.ts';
import { ageColumn, column, nameColumn, templateColumns } from './columns.ts';
import { type FieldError, forbidden, invalid } from './field-errors.ts';
import { negatives } from './numbers.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import type { Resource } from './resource.ts';
import { validateWorkload } from './workload-validation.ts';

export default {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.StatefulSet',
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
    column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas}`),
    ageColumn,
    ...templateColumns(({ spec }) => spec.template.spec),
  ],
  defaults(set) {
    set.spec ??= {};
    const { spec } = set;
    spec.replicas ??= 1;
    spec.template ??= {};
    defaultPodTemplate(spec.template);
    spec.podManagementPolicy ??= 'OrderedReady';
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ??= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.partition ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    spec.persistentVolumeClaimRetentionPolicy ??= {};
    spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
    spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
    for (const claim of spec.volumeClaimTemplates ?? []) {
      Object.assign(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
      claim.spec.volumeMode ??= 'Filesystem';
      claim.status = { phase: 'Pending' };
    }
  },
  prepareForCreate(set) {
    set.status = { replicas: 0, availableReplicas: 0 };
  },
  validate({ spec }, old) {
    // A changed selector is told by the rule for all that may not change.
    const errors: FieldError[] = [
      ...validateWorkload(spec, undefined, 'statefulset'),
      ...negatives(spec, 'spec', 'replicas'),
    ];
    if (!['OrderedReady', 'Parallel'].includes(spec.podManagementPolicy)) {
      errors.push(
        invalid('spec.podManagementPolicy', spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"),
      );
    }
    if (old && !same(fixed(spec), fixed(old.spec))) {
      const last = CHANGEABLE.at(-1);
      const others = CHANGEABLE.slice(0, -1).map((field) => `'${field}'`);
      errors.push(
        forbidden(
          'spec',
          `updates to statefulset spec for fields other than ${others.join(', ')} and '${last}' are forbidden`,
        ),
      );
    }
    return errors;
  },
  // As the real server: a status writer may set annotations, and no labels.
  prepareForStatusUpdate(object, old) {
    object.metadata.labels = old.metadata.labels;
  },
} satisfies Resource as Resource;

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function fixed(spec: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !CHANGEABLE.includes(field)));
}
