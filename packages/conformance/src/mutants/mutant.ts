import type { Correct } from './correct.ts';
import type { Host } from './host.ts';

/** A module that keeps every rule but one. */
export interface Mutant {
  name: string;
  /** What is wrong with it. */
  breaks: string;
  /** The checks that are meant to find it, and no others. */
  caughtBy: readonly string[];
  Module: new (host: Host) => Correct;
}

export function mutant(
  name: string,
  breaks: string,
  caughtBy: readonly string[],
  Module: new (host: Host) => Correct,
): Mutant {
  return { name, breaks, caughtBy, Module };
}
