import { setImmediate as turn } from 'node:timers/promises';

/** For tests: waits until the probe gives something, which is returned. */
export async function until<T>(probe: () => T | undefined | false, patience = 3000): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${patience} ms for ${probe}`);
    await turn();
  }
}
