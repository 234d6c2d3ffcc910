/** Time as the operator sees it, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms`, however long that is; the returned function calls it off. */
  after(ms: number, callback: () => void): () => void;
}

/** setTimeout fires at once when asked for more than 2^31 ms (25 days). */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    let timer: NodeJS.Timeout;
    let left = Math.max(0, ms);
    const arm = () => {
      const step = Math.min(left, LONGEST_TIMER);
      timer = setTimeout(() => {
        left -= step;
        if (left > 0) arm();
        else callback();
      }, step);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** A time as Kubernetes writes it: whole seconds, UTC. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
