import type { KubeObject } from '../../object.ts';
import type { Path } from '../fields.ts';
import { podsOf, type Requests } from '../requests.ts';
import type { Field } from './kind.ts';

/** A count that goes to zero. */
export function replicasAt(path: Path): Field {
  return { path, asleep: () => 0, isCount: true };
}

export const REPLICAS = replicasAt(['spec', 'replicas']);

/** What every kind with a count of Pods says of one at zero. */
export const AT_ZERO = 'at zero already, by its owner';

/**
 * Whether its controller has seen the present spec. Where no controller ever told that it saw one, there is none, and
 * nothing to wait for. Some custom kinds tell it as a string, an older Argo Rollout as a hash.
 */
export function isSeen({ metadata, status }: KubeObject): boolean {
  const seen = Number(status?.observedGeneration ?? Number.NaN);
  return metadata.generation === undefined || Number.isNaN(seen) || seen >= metadata.generation;
}

/**
 * No Pod is left: neither a running one nor, where the server tells of those, one that is ending. An object that no
 * controller has ever looked at has none.
 */
export function hasNoPods(object: KubeObject): boolean {
  const { replicas = 0, terminatingReplicas = 0, observedGeneration } = object.status ?? {};
  return observedGeneration === undefined || (isSeen(object) && replicas === 0 && terminatingReplicas === 0);
}

export function replicaRequests(object: KubeObject): Requests {
  return podsOf(object, object.spec?.replicas ?? 1);
}
