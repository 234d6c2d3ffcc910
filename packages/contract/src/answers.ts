import { ERROR_TEXT_LIMIT } from './limits.ts';

export type Verb = 'install' | 'uninstall' | 'sleep' | 'resume';

export const VERBS: readonly Verb[] = Object.freeze(['install', 'uninstall', 'sleep', 'resume'] as const);

/** The one status code that the operator takes for success, by verb. */
export const SUCCESS: Readonly<Record<Verb, number>> = Object.freeze({
  install: 201,
  uninstall: 204,
  sleep: 200,
  resume: 200,
});

/** The one status code whose text the operator shows. */
export const FAILURE = 400;

/** The body of `GET /health`. */
export interface HealthAnswer {
  /** RFC 3339, in UTC, to the second. */
  timestamp: string;
  /** Seconds since the process started. */
  uptime: number;
  message: string;
  healthy: boolean;
}

export interface Health {
  /** Seconds since the process started. */
  uptime: number;
  /** default true */
  healthy?: boolean;
  /** default `Service is running`, or `Service is not healthy` */
  message?: string;
  /** default now */
  now?: Date;
}

/** Status and body of `GET /health`: 200 when healthy, 503 when not. */
export function healthAnswer(health: Health): { status: 200 | 503; body: HealthAnswer } {
  const healthy = health.healthy ?? true;
  return {
    status: healthy ? 200 : 503,
    body: {
      timestamp: (health.now ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
      uptime: health.uptime,
      message: oneLine(health.message ?? (healthy ? 'Service is running' : 'Service is not healthy')),
      healthy,
    },
  };
}

/**
 * Squeezes any text to one line of at most `limit` bytes of UTF-8: white space and control characters become single
 * spaces, lone surrogates U+FFFD, and what is cut off is marked by `…`.
 */
export function oneLine(text: string, limit: number = ERROR_TEXT_LIMIT): string {
  // Cut before the regular expressions run: a byte is at most one UTF-16 unit, and a stack trace may be megabytes.
  const line = text
    .trimStart()
    .slice(0, limit * 8)
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/gu, ' ')
    .trim();
  return withinBytes(line, limit);
}

function withinBytes(line: string, limit: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(line).length <= limit) return line;
  const room = new Uint8Array(Math.max(0, limit - 3)); // `…` is three bytes
  const { read } = encoder.encodeInto(line, room);
  return `${line.slice(0, read).trimEnd()}…`;
}
