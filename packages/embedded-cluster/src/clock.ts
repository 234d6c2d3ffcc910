/** The cluster's time, in milliseconds since 1970. Tests can move it forward. */
export interface Clock {
  now(): number;
  /** Moves the clock forward and runs every timer that falls due, in order. */
  advance(ms: number): void;
  /** Calls back once, `ms` of the cluster's time from now. Returns how to call it off. */
  after(ms: number, callback: () => void): () => void;
  stop(): void;
}

interface Timer {
  at: number;
  callback: () => void;
  handle?: NodeJS.Timeout;
}

// Longer waits than setTimeout can hold are not armed: nobody runs a test cluster for 24 days.
const LONGEST = 2 ** 31 - 1;

/** A clock that runs with the machine's, plus what it was advanced by. */
export function systemClock(): Clock {
  let ahead = 0;
  const timers = new Set<Timer>();
  const now = (): number => Date.now() + ahead;
  const fire = (timer: Timer): void => {
    if (!timers.delete(timer)) return;
    clearTimeout(timer.handle);
    timer.callback();
  };
  const arm = (timer: Timer): void => {
    clearTimeout(timer.handle);
    const wait = Math.max(0, timer.at - now());
    if (wait > LONGEST) return;
    timer.handle = setTimeout(() => fire(timer), wait);
    timer.handle.unref();
  };
  return {
    now,
    after(ms, callback) {
      const timer: Timer = { at: now() + ms, callback };
      timers.add(timer);
      arm(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(timer.handle);
      };
    },
    advance(ms) {
      const until = now() + ms;
      for (;;) {
        let next: Timer | undefined;
        for (const timer of timers) if (timer.at <= until && (!next || timer.at < next.at)) next = timer;
        if (!next) break;
        // Timers set by this one count from the moment at which it was due.
        ahead += Math.max(0, next.at - now());
        fire(next);
      }
      ahead += Math.max(0, until - now());
      for (const timer of timers) arm(timer);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer.handle);
      timers.clear();
    },
  };
}

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 in microseconds, as metav1.MicroTime is written. */
export function microTimestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}
