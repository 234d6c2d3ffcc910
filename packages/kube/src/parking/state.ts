import type { KubeObject } from '../object.ts';
import { type Baseline, readMarks } from './baseline.ts';
import { heldByParker, ownersOf } from './ownership.ts';

/** What an object is, as its marks and its replicas tell. */
export type State =
  /** Never to be touched. */
  | { is: 'foreign'; why: string }
  | { is: 'awake'; replicas: number; traces: boolean }
  /** At zero, by its owner. */
  | { is: 'zero' }
  /** Put to sleep; the baseline is missing when a rollback took it. */
  | { is: 'asleep'; night: string; replicas: number; baseline?: Baseline }
  /** Its count was given back, its field ownership not yet. */
  | { is: 'waking'; night: string; replicas: number; baseline?: Baseline }
  /** Put to sleep, and changed by someone since. */
  | { is: 'drifted'; night: string; was: number; replicas: number };

export function stateOf(object: KubeObject): State {
  const controller = object.metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller) return { is: 'foreign', why: `is run by ${controller.kind} ${controller.name}` };
  if (object.metadata.deletionTimestamp) return { is: 'foreign', why: 'is being deleted' };

  const replicas: number = object.spec?.replicas ?? 1;
  const { mark, baseline, any } = readMarks(object);
  // Nobody owns a count of zero that came through /scale: that it is not the parker's any more is all there is to see.
  const taken = ownersOf(object, true).length > 0 || heldByParker(object) === false;
  if (!mark) {
    if (replicas > 0) return { is: 'awake', replicas, traces: any };
    // Without the label a baseline may be an old one, brought back by a rollback to an object that its owner keeps at
    // zero. It counts when who wrote it still is who set the replicas.
    if (!baseline || taken || !heldByParker(object)) return { is: 'zero' };
    return { is: 'asleep', night: baseline.night, replicas: baseline.replicas, baseline };
  }
  const known = { night: mark.night, replicas: mark.replicas, ...(baseline && { baseline }) };
  if (mark.waking && replicas === mark.replicas) return { is: 'waking', ...known };
  if (replicas > 0 || taken) return { is: 'drifted', night: mark.night, was: mark.replicas, replicas };
  return { is: 'asleep', ...known };
}
