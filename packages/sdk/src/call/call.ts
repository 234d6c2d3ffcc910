import type { Verb } from '@forkspacer/contract';
import type { Metadata } from '../define-module.ts';

/** One verb to be run, as it crosses from the listening thread to the module's. */
export interface Call {
  verb: Verb;
  metadata: Metadata;
  /** Epoch milliseconds at which the verb has to have ended. */
  deadline: number;
}

/** Which instance of which anchor a running verb acts for. */
export interface Identity {
  instance: string;
  /** `namespace/name` of the anchor. */
  anchor: string;
}

/** `foreign`: the call is for another runner, nothing was changed. `text` is safe to show. */
export type Outcome = { done: true; metadata: Metadata } | { done: false; text: string; foreign?: true };

export interface HealthWord {
  healthy: boolean;
  message?: string;
}

/** A verb under way. */
export interface Running {
  outcome: Promise<Outcome>;
  /** Known once the anchor was read; undefined when the verb ended before. */
  identity: Promise<Identity | undefined>;
  /** Asks the verb to end; its outcome is a failure that says why. */
  abort(why: string): void;
  /** Ends it, whatever it is doing. */
  kill(why: string): void;
}

/** Where verbs run: a worker thread, or in tests the same thread. */
export interface Executor {
  start(call: Call): Running;
  /** What the module says of its health; undefined when it has nothing to say or is not loaded. */
  health(): Promise<HealthWord | undefined>;
  /** Ends what is kept between calls. */
  stop(): Promise<void>;
}
