import type { Clock } from './clock.ts';

/** Delays of repeated failures, in ms: doubled from `min` up to `max`. */
export interface Backoff {
  min: number;
  max: number;
}

/** How long to wait after the n-th failure in a row (n from 1), with up to a tenth of jitter. */
export function delayAfter(failures: number, { min, max }: Backoff): number {
  const delay = Math.min(max, min * 2 ** Math.min(failures - 1, 30));
  return Math.round(delay * (0.9 + Math.random() * 0.1));
}

export interface Queue {
  /** Reconciles the key soon. While it is being reconciled, once more afterwards. */
  add(key: string): void;
  /** Reconciles the key after `ms`; a sooner request stays. */
  addAfter(key: string, ms: number): void;
  /** Takes no more, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

interface Options {
  clock: Clock;
  backoff: Backoff;
  /** One key is never reconciled twice at once. A number returned is a wish to be called again after so many ms. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a reconciler without a wish returns nothing
  reconcile(key: string): Promise<number | void>;
  onError(key: string, error: unknown, retryIn: number): void;
}

/**
 * A work queue of keys. Different keys run at once without a limit: a call to a runner may take an hour, and
 * must not hold up another Module.
 */
export function createQueue({ clock, backoff, reconcile, onError }: Options): Queue {
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { at: number; cancel: () => void }>();
  let stopped = false;

  function addAfter(key: string, ms: number): void {
    if (stopped) return;
    const at = clock.now() + ms;
    const planned = timers.get(key);
    if (planned && planned.at <= at) return;
    planned?.cancel();
    timers.set(key, {
      at,
      cancel: clock.after(ms, () => {
        timers.delete(key);
        add(key);
      }),
    });
  }

  function add(key: string): void {
    if (stopped) return;
    if (running.has(key)) again.add(key);
    else running.set(key, run(key));
  }

  async function run(key: string): Promise<void> {
    // A turn of the event loop lets several events of one change become one reconcile.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      if (stopped) return;
      const wish = await reconcile(key);
      failures.delete(key);
      if (typeof wish === 'number' && Number.isFinite(wish)) addAfter(key, wish);
    } catch (error) {
      if (stopped) return;
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const retryIn = delayAfter(count, backoff);
      onError(key, error, retryIn);
      addAfter(key, retryIn);
    } finally {
      running.delete(key);
      if (again.delete(key)) add(key);
    }
  }

  return {
    add,
    addAfter,
    async stop() {
      stopped = true;
      for (const { cancel } of timers.values()) cancel();
      timers.clear();
      await Promise.all(running.values());
    },
  };
}
