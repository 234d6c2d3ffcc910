import { writeSync } from 'node:fs';
import pino, { type Logger } from 'pino';

export interface LogOptions {
  /** On every line. */
  fields: Record<string, unknown>;
  /** LOG_LEVEL; default info. One that pino does not know counts as absent. */
  level?: string | undefined;
  /** Makes a finished line safe to show. */
  redact?(line: string): string;
  /** Where finished lines go; default: standard output. */
  write?(line: string): void;
}

/**
 * Structured lines on standard output, written before the call returns: what a verb said last is there even when its
 * thread was ended a moment later.
 */
export function makeLog({ fields, level, redact = (line) => line, write = toStdout }: LogOptions): Logger {
  const known = level !== undefined && (level === 'silent' || Object.hasOwn(pino.levels.values, level));
  return pino(
    { level: known ? level : 'info', base: fields, serializers: { err: pino.stdSerializers.errWithCause } },
    { write: (line: string) => write(redact(line)) },
  );
}

function toStdout(line: string): void {
  let rest = Buffer.from(line);
  for (let tries = 0; rest.length > 0 && tries < 1000; tries++) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full, or nobody reads it any more: a log is not worth a verb.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
