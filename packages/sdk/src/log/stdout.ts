import { writeSync } from 'node:fs';

/** How often a full pipe is tried again, each after 5 ms, before a line is given up. */
const TRIES = 200;

/** Writes before it returns: what was said last is there even when the thread is ended a moment later. */
export function writeLine(line: string): void {
  let rest = Buffer.from(line);
  for (let tries = 0; rest.length > 0 && tries < TRIES; tries++) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // Nobody reads the log any more, and it is not worth a verb.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
