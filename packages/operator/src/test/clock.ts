import type { Clock } from '../clock.ts';

/** Time that goes on as usual, and can be moved on. */
export function movableClock(): Clock & { advance(ms: number): void } {
  let ahead = 0;
  const timers = new Set<{ at: number; fire: () => void; real: NodeJS.Timeout }>();
  const now = () => Date.now() + ahead;
  return {
    now,
    after(ms, callback) {
      const timer = {
        at: now() + ms,
        fire() {
          clearTimeout(timer.real);
          if (timers.delete(timer)) callback();
        },
        real: setTimeout(() => timer.fire(), Math.min(ms, 2 ** 31 - 1)),
      };
      timers.add(timer);
      return () => {
        clearTimeout(timer.real);
        timers.delete(timer);
      };
    },
    advance(ms) {
      ahead += ms;
      const due = [...timers].filter(({ at }) => at <= now()).sort((a, b) => a.at - b.at);
      for (const timer of due) timer.fire();
    },
  };
}
