import pino, { type Logger } from 'pino';
import { writeLine } from './stdout.ts';

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

/** The log of verbs: structured lines, each written before the call returns. */
export function makeLog({ fields, level, redact = (line) => line, write = writeLine }: LogOptions): Logger {
  const known = level !== undefined && (level === 'silent' || Object.hasOwn(pino.levels.values, level));
  return pino(
    { level: known ? level : 'info', base: fields, serializers: { err: pino.stdSerializers.errWithCause } },
    { write: (line: string) => write(redact(line)) },
  );
}
