import { StatusError } from '../status.ts';

/** Work by key, done soon after and once for several reasons. */
export interface Queue<Key> {
  add(key: Key): void;
  stop(): void;
}

/** Wait after a refusal, doubled each time, in milliseconds. */
const FIRST_RETRY = 10;
const LAST_RETRY = 10_000;

/** `work` may be refused by the API (a conflict, a finalizer): it is tried again. Any other error is a bug, and thrown. */
export function workQueue<Key>(work: (key: Key) => void): Queue<Key> {
  const waiting = new Set<Key>();
  const retries = new Map<Key, { handle?: NodeJS.Timeout; wait: number }>();
  let handle: NodeJS.Immediate | undefined;
  const run = (): void => {
    handle = undefined;
    for (const key of waiting) {
      waiting.delete(key);
      try {
        work(key);
        retries.delete(key);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        retry(key);
      }
    }
  };
  const add = (key: Key): void => {
    waiting.add(key);
    handle ??= setImmediate(run);
  };
  const retry = (key: Key): void => {
    const before = retries.get(key);
    clearTimeout(before?.handle);
    const wait = before ? Math.min(before.wait * 2, LAST_RETRY) : FIRST_RETRY;
    const timeout = setTimeout(() => add(key), wait);
    timeout.unref();
    retries.set(key, { handle: timeout, wait });
  };
  return {
    add,
    stop() {
      waiting.clear();
      clearImmediate(handle);
      for (const { handle: timeout } of retries.values()) clearTimeout(timeout);
    },
  };
}
