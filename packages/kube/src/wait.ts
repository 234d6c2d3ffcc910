import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { type KubeObject, nameOf, type ObjectRef } from './object.ts';
import { find } from './read.ts';
import { backoff, sleepFor, timeLeft } from './retry.ts';
import { changes } from './watch.ts';

export interface WaitOptions {
  /** What is waited for, as it reads after "waiting for": `its Pods to end`. */
  describe: string;
  /** Hears what is there whenever it has changed and is not yet enough. */
  onProgress?: (object: KubeObject | undefined) => void;
  /** ms; the handle's deadline ends it earlier. Five minutes unless told. */
  timeLimit?: number;
  /** The object as the caller knows it: saves the first read. */
  from?: KubeObject;
}

const TIME_LIMIT = 300_000;

/**
 * Waits until `predicate` holds for the object (undefined once it is gone), by one watch of that object; where
 * watching is not allowed, by reading it again.
 *
 * @throws KubeError `Timeout` naming the object and what was waited for; whatever `predicate` throws
 */
export async function waitFor(
  kube: Kube,
  ref: ObjectRef,
  predicate: (object: KubeObject | undefined) => boolean,
  { describe, onProgress, timeLimit = TIME_LIMIT, from }: WaitOptions,
): Promise<KubeObject | undefined> {
  const until = Date.now() + Math.min(timeLimit, timeLeft(kube));
  const bound = kube.with({ deadline: until });
  const namespace = from?.metadata.namespace ?? ref.namespace ?? (await kube.namespace());
  const selection = {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    namespace,
    fieldSelector: `metadata.name=${ref.name}`,
  };
  let failure: { error: unknown } | undefined;
  const enough = (seen: KubeObject | undefined): boolean => {
    try {
      return predicate(seen);
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  let object = from ?? (await find(bound, ref));
  let watchable = true;
  for (let failures = 0; ; ) {
    if (enough(object)) return object;
    onProgress?.(object);
    const left = until - Date.now();
    if (left <= 0) throw late(ref, describe);

    const version = object?.metadata.resourceVersion;
    if (watchable && version) {
      const timer = new AbortController();
      const timeout = setTimeout(() => timer.abort(), left);
      const signal = kube.signal ? AbortSignal.any([kube.signal, timer.signal]) : timer.signal;
      try {
        for await (const event of changes(bound.with({ signal }), selection, version, left / 1000 + 1)) {
          if (event.type === 'BOOKMARK') continue;
          failures = 0;
          object = event.type === 'DELETED' ? undefined : event.object;
          if (enough(object)) return object;
          onProgress?.(object);
        }
      } catch (error) {
        kube.signal?.throwIfAborted();
        if (!failure && timer.signal.aborted) throw late(ref, describe);
        if (error instanceof KubeError && error.status === 403) watchable = false;
        // The predicate's own failure is the caller's; everything else here is the connection's, and passes.
        if (failure) throw failure.error;
      } finally {
        clearTimeout(timeout);
      }
    }
    failures++;
    await sleepFor(Math.min(backoff(failures), Math.max(0, until - Date.now())), kube.signal);
    try {
      object = await find(bound, ref);
    } catch (error) {
      // What ended is the wait, not the last call of it.
      const noTime = error instanceof KubeError && error.reason === 'NoAnswer' && !kube.signal?.aborted;
      throw noTime ? late(ref, describe, error) : error;
    }
  }
}

function late(ref: ObjectRef, describe: string, cause?: unknown): KubeError {
  const object = nameOf(ref);
  const message = `${object}: waiting for ${describe} took too long`;
  return new KubeError(message, { reason: 'Timeout', object, cause });
}
