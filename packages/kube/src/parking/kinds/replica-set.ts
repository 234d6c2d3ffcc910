import { isReady } from '../../ready.ts';
import type { Kind } from './kind.ts';
import { AT_ZERO, hasNoPods, REPLICAS, replicaRequests } from './replicas.ts';

/** One without an owner: a Deployment's own are the Deployment's business. */
export const replicaSet: Kind = {
  group: 'apps',
  versions: ['v1'],
  kind: 'ReplicaSet',
  builtin: true,
  turn: 'workload',
  fields: () => [REPLICAS],
  rests: AT_ZERO,
  isAsleep: hasNoPods,
  awaits: 'its Pods to end',
  isReady,
  requests: replicaRequests,
};
