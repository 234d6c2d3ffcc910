import { isReady } from '../../ready.ts';
import type { Kind } from './kind.ts';
import { AT_ZERO, hasNoPods, REPLICAS, replicaRequests } from './replicas.ts';

export const statefulSet: Kind = {
  group: 'apps',
  versions: ['v1'],
  kind: 'StatefulSet',
  builtin: true,
  turn: 'workload',
  fields: () => [REPLICAS],
  rests: AT_ZERO,
  refuses: ({ spec }, { allowClaimDeletion }) =>
    spec?.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete' && !allowClaimDeletion
      ? 'its claims would be deleted with its Pods (persistentVolumeClaimRetentionPolicy.whenScaled is Delete); it is not put to sleep'
      : undefined,
  isAsleep: hasNoPods,
  awaits: 'its Pods to end',
  isReady,
  requests: replicaRequests,
};
