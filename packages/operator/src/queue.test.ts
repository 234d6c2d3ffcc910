import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { createQueue, delayAfter } from './queue.ts';

function setUp(reconcile: (key: string) => Promise<number | undefined>) {
  const errors: unknown[] = [];
  const queue = createQueue({
    clock: systemClock,
    backoff: { min: 5, max: 20 },
    reconcile,
    onError: (_, error) => errors.push(error),
  });
  return { queue, errors };
}

describe('the work queue', () => {
  test('never reconciles one key twice at once, and once more for what came meanwhile', async () => {
    let running = 0;
    let most = 0;
    let times = 0;
    const { queue } = setUp(async () => {
      most = Math.max(most, ++running);
      times++;
      await sleep(20);
      running--;
      return undefined;
    });
    queue.add('a');
    await sleep(5);
    for (let i = 0; i < 10; i++) queue.add('a');
    await sleep(70);
    await queue.stop();
    expect({ most, times }).toEqual({ most: 1, times: 2 });
  });

  test('ten hung keys do not hold up the eleventh', async () => {
    const ends: (() => void)[] = [];
    let reached = false;
    const { queue } = setUp(async (key) => {
      if (key === 'eleventh') reached = true;
      else await new Promise<void>((end) => ends.push(end));
      return undefined;
    });
    for (let i = 0; i < 10; i++) queue.add(`hung-${i}`);
    queue.add('eleventh');
    await sleep(10);
    expect(reached).toBe(true);
    for (const end of ends) end();
    await queue.stop();
  });

  test('a failure is repeated with backoff until it succeeds', async () => {
    let times = 0;
    const { queue, errors } = setUp(async () => {
      if (++times < 4) throw new Error('not yet');
      return undefined;
    });
    queue.add('a');
    await sleep(100);
    await queue.stop();
    expect(times).toBe(4);
    expect(errors).toHaveLength(3);
  });

  test('a wish to be called again is kept, and stopping ends it', async () => {
    let times = 0;
    const { queue } = setUp(async () => (++times === 1 ? 5 : 10_000));
    queue.add('a');
    await sleep(50);
    expect(times).toBe(2);
    await queue.stop();
    queue.add('a');
    await sleep(10);
    expect(times).toBe(2);
  });

  test('delays double up to the longest', () => {
    const delays = [1, 2, 3, 20, 2000].map((n) => delayAfter(n, { min: 100, max: 1000 }));
    [100, 200, 400, 1000, 1000].forEach((whole, i) => {
      expect(delays[i]).toBeLessThanOrEqual(whole);
      expect(delays[i]).toBeGreaterThanOrEqual(whole * 0.9);
    });
  });
});
