import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { backoff, sleepFor } from './retry.ts';

/** ms for which a write is repeated where the handle has no deadline. */
const TIME_LIMIT = 30_000;

/**
 * Repeats a write that met others at work: the server answers 409 `Conflict` when a quota was counted at the same
 * moment, or when it met too many other writes to the same object. Not for a write that carries a version: there
 * the conflict is the answer.
 */
export async function throughConflicts<T>(kube: Kube, write: () => Promise<T>): Promise<T> {
  const until = kube.deadline ?? Date.now() + TIME_LIMIT;
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const passes = error instanceof KubeError && error.reason === 'Conflict' && error.owners.length === 0;
      const pause = backoff(attempt);
      if (!passes || Date.now() + pause >= until) throw error;
      await sleepFor(pause, kube.signal);
    }
  }
}
