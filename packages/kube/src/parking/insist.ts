import type { Kube } from '../connect.ts';
import { KubeError } from '../error.ts';
import { type KubeObject, nameOf, type ObjectRef } from '../object.ts';
import { find } from '../read.ts';
import { backoff, sleepFor } from '../retry.ts';
import type { ReportItem } from './report.ts';

export interface Decided {
  item: ReportItem;
  /** As it is after what was done. */
  object?: KubeObject;
}

/** How often someone else may be faster before it is told as a failure. */
const ATTEMPTS = 30;

/**
 * Decides over one object by `act`, and again over what is there then, whenever someone else has changed it between
 * the read and the write. A failure becomes an item of the report; an abort is thrown.
 */
export async function insist(
  kube: Kube,
  ref: ObjectRef,
  known: KubeObject | undefined,
  act: (object: KubeObject) => Promise<Decided>,
): Promise<Decided> {
  let object = known;
  for (let attempt = 1; ; attempt++) {
    try {
      if (!object) throw new KubeError(`${nameOf(ref)}: not found`, { status: 404, reason: 'NotFound' });
      return await act(object);
    } catch (error) {
      kube.signal?.throwIfAborted();
      const changed = error instanceof KubeError && error.status === 409 && object !== undefined;
      if (!changed || attempt === ATTEMPTS)
        return { item: { object: ref, outcome: 'failed', reason: line(kube, error) } };
      await sleepFor(backoff(Math.min(attempt, 4)) / 4, kube.signal);
      try {
        object = await find(kube, ref);
      } catch (again) {
        kube.signal?.throwIfAborted();
        return { item: { object: ref, outcome: 'failed', reason: line(kube, again) } };
      }
    }
  }
}

function line(kube: Kube, error: unknown): string {
  return kube.redact(error instanceof Error ? error.message : String(error));
}
