import { setTimeout as delay } from 'node:timers/promises';

/** What bounds a call, and who hears of it. */
export interface Limits {
  signal?: AbortSignal;
  /** Epoch in ms: nothing is tried after it. Without one, a call is given up 30 s after it began. */
  deadline?: number;
  /** ms for one attempt. */
  timeout: number;
  log?: Log;
  onCall?: (call: Call) => void;
}

export type Log = (fields: Record<string, unknown>, message: string) => void;

/** One attempt of one call, told when it has ended; `status` 0 when no answer came. */
export interface Call {
  method: string;
  path: string;
  status: number;
  ms: number;
  attempt: number;
}

const FIRST = 100;
const LONGEST = 5_000;

/** ms to wait before attempt `attempt + 1`: doubling, with full jitter above a floor so that crowds spread. */
export function backoff(attempt: number): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** (attempt - 1));
  return ceiling / 4 + Math.random() * ceiling * 0.75;
}

/** ms told by Retry-After (seconds or an HTTP date); undefined when there is none. */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Waits, and throws the signal's reason at once when it comes. */
export async function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** ms until the deadline; Infinity without one. */
export function timeLeft(limits: { deadline?: number }): number {
  return limits.deadline === undefined ? Number.POSITIVE_INFINITY : limits.deadline - Date.now();
}
