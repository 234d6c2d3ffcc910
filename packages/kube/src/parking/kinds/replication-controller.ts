import { isReady } from '../../ready.ts';
import type { Kind } from './kind.ts';
import { AT_ZERO, hasNoPods, REPLICAS, replicaRequests } from './replicas.ts';

/** One without an owner: an OpenShift DeploymentConfig runs others. */
export const replicationController: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'ReplicationController',
  builtin: true,
  turn: 'workload',
  fields: () => [REPLICAS],
  rests: AT_ZERO,
  isAsleep: hasNoPods,
  awaits: 'its Pods to end',
  isReady,
  requests: replicaRequests,
};
