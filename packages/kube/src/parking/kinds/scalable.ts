import { isReady } from '../../ready.ts';
import { pathOf, valueAt } from '../fields.ts';
import { podsOf } from '../requests.ts';
import type { Kind } from './kind.ts';
import { AT_ZERO, isSeen, replicasAt } from './replicas.ts';

export interface ScalePaths {
  /** As a CustomResourceDefinition has it: `.spec.replicas`. */
  specReplicasPath: string;
  statusReplicasPath: string;
}

/**
 * Any kind with a scale subresource, such as an Argo Rollout: parked on the object itself, at the path that its
 * CustomResourceDefinition names, since /scale carries no annotation.
 */
export function scalable(group: string, version: string, kind: string, paths: ScalePaths): Kind {
  const path = keysOf(paths.specReplicasPath);
  const status = keysOf(paths.statusReplicasPath);
  const field = replicasAt(path);
  return {
    group,
    versions: [version],
    kind,
    turn: 'workload',
    fields: () => [field],
    rests: AT_ZERO,
    isAsleep: (object) => isSeen(object) && (valueAt(object, status) ?? 0) === 0,
    awaits: 'its Pods to end',
    isReady,
    requests: (object) => podsOf(object, (valueAt(object, path) as number | undefined) ?? 1),
  };
}

/** JSON paths of a CRD's scale know no arrays (CustomResourceSubresourceScale). */
function keysOf(jsonPath: string) {
  return pathOf(jsonPath.replaceAll('.', '/'));
}
