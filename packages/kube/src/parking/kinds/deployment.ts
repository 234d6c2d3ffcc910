import { isReady } from '../../ready.ts';
import { removeCopies } from '../copies.ts';
import type { Kind } from './kind.ts';
import { AT_ZERO, hasNoPods, REPLICAS, replicaRequests } from './replicas.ts';

export const deployment: Kind = {
  group: 'apps',
  versions: ['v1'],
  kind: 'Deployment',
  builtin: true,
  turn: 'workload',
  fields: () => [REPLICAS],
  rests: AT_ZERO,
  isAsleep: hasNoPods,
  awaits: 'its Pods to end',
  isReady,
  requests: replicaRequests,
  // Its controller copies annotations to ReplicaSets, where they are void: only the last wake spends calls on them.
  sweep: async (kube, objects, leaving) => {
    if (leaving) await removeCopies(kube, objects);
  },
};
