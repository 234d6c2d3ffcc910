import type { Call, HealthWord, Identity, Outcome } from '../call/call.ts';
import type { Times } from '../times.ts';

/** What the listening thread gives the worker when it starts it. */
export interface WorkerData {
  dir: string;
  instance: string | undefined;
  extra: unknown;
  times: Times;
}

export type ToWorker =
  | { type: 'call'; call: Call }
  | { type: 'abort'; why: string }
  | { type: 'health'; id: number };

export type FromWorker =
  | { type: 'identity'; identity: Identity }
  | { type: 'outcome'; outcome: Outcome }
  /** Only from a module that has a health function. */
  | { type: 'loaded'; health: boolean }
  | { type: 'health'; id: number; word: HealthWord };

/** The worker's exit code when an error came from outside of any verb; the worker has logged it. */
export const UNEXPECTED = 70;
