import type { Kube } from '../connect.ts';
import { KubeError } from '../error.ts';
import { type KubeObject, nameOf, type ObjectRef } from '../object.ts';
import { timeLeft } from '../retry.ts';
import { waitFor } from '../wait.ts';
import { watch } from '../watch.ts';
import type { Batch } from './targets.ts';

/** One object that was written and is waited for. */
export interface Pending {
  ref: ObjectRef;
  /** As last seen. */
  object: KubeObject;
  done: (object: KubeObject) => boolean;
  /** As it reads after "waiting for". */
  describe: string;
}

export interface SettleOptions {
  /** ms; the handle's deadline ends it earlier. */
  timeLimit: number;
  onProgress?: (left: ObjectRef[]) => void;
  /** ms after which controllers that gave no sign of life are not waited for any more. */
  patience?: number;
}

/** Why an object is not as it should be. `unseen`: no controller looks after any of them. */
export interface Late {
  reason: string;
  unseen: boolean;
}

/**
 * Waits until every pending object of a batch is as it should be, by one watch for all of them. `object` of each is
 * kept as last seen.
 *
 * @returns those that were not there in time, with a line that says so
 */
export async function settle(
  kube: Kube,
  batch: Batch,
  pending: Pending[],
  { timeLimit, onProgress, patience }: SettleOptions,
): Promise<Map<Pending, Late>> {
  const waiting = new Map(
    pending.filter((each) => !each.done(each.object)).map((each) => [keyOf(each.object), each]),
  );
  if (waiting.size === 0) return new Map();
  const tell = (): void => onProgress?.([...waiting.values()].map((each) => each.ref));
  tell();

  const timer = new AbortController();
  // A timer holds no more than that, and would go off at once.
  const limit = Math.max(0, Math.min(timeLimit, timeLeft(kube), 2 ** 31 - 1));
  const timeout = setTimeout(() => timer.abort(), limit);
  let unseen = false;
  const lifeless = (): boolean => pending.every((each) => isIgnored(each.object));
  const impatience =
    patience === undefined || patience >= limit
      ? undefined
      : setTimeout(() => {
          unseen = lifeless();
          if (unseen) timer.abort();
        }, patience);
  // What happened between the write and the watch is told from the version before the writes, or of the only one.
  const only = pending.length === 1 ? pending[0]?.object.metadata.resourceVersion : undefined;
  const resourceVersion = batch.selection.fieldSelector ? only : batch.resourceVersion;
  try {
    const since = resourceVersion
      ? { items: pending.map((each) => each.object), resourceVersion }
      : undefined;
    for await (const event of watch(kube, {
      ...batch.selection,
      signal: timer.signal,
      ...(since && { since }),
    })) {
      if (!event.object) continue;
      const each = waiting.get(keyOf(event.object));
      if (!each) continue;
      // A watch from before the writes tells older versions first.
      if (event.type !== 'DELETED' && isOlder(event.object, each.object)) continue;
      if (event.type !== 'DELETED') each.object = event.object;
      if (event.type !== 'DELETED' && !each.done(event.object)) continue;
      waiting.delete(keyOf(event.object));
      tell();
      if (waiting.size === 0) break;
    }
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    await pollAll(kube, waiting, limit);
  } finally {
    clearTimeout(timeout);
    clearTimeout(impatience);
  }
  kube.signal?.throwIfAborted();
  return new Map(
    [...waiting.values()].map((each) => {
      const reason = unseen
        ? 'its controller gives no sign of life: not waited for'
        : `${nameOf(each.ref)}: waiting for ${each.describe} took too long`;
      return [each, { reason, unseen }];
    }),
  );
}

/** Its controller, which has told of an earlier spec, has not seen the present one. */
function isIgnored({ metadata, status }: KubeObject): boolean {
  return (
    status?.observedGeneration !== undefined && !(status.observedGeneration >= (metadata.generation ?? 0))
  );
}

/** Where watching is not allowed. */
async function pollAll(kube: Kube, waiting: Map<string, Pending>, timeLimit: number): Promise<void> {
  for (const [key, each] of [...waiting]) {
    try {
      const holds = (object: KubeObject | undefined): boolean => !object || each.done(object);
      each.object =
        (await waitFor(kube, each.ref, holds, { describe: each.describe, timeLimit })) ?? each.object;
      waiting.delete(key);
    } catch (error) {
      if (!(error instanceof KubeError) || error.reason !== 'Timeout') throw error;
    }
  }
}

/** Versions of one server may be compared since 1.35; where they are no numbers, what came last is the newest. */
function isOlder(one: KubeObject, other: KubeObject): boolean {
  return Number(one.metadata.resourceVersion) < Number(other.metadata.resourceVersion);
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.uid ?? metadata.name;
}
