import type { Bench } from './bench.ts';

/** What a level holds a module to; each one includes those before it. */
export const LEVELS = ['required', 'recommended', 'robust'] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_MEANS: Readonly<Record<Level, string>> = {
  required: 'what the two documents ask of every module',
  recommended: 'what the real operator punishes',
  robust: 'what a crash, a bad network or a hostile caller would break',
};

/** A paragraph of one of the two documents; `text` stands in it word for word. */
export interface Source {
  document: 'custom-module-development.md' | 'operator-contract.md';
  section: string;
  text: string;
}

export function spec(section: string, text: string): Source {
  return { document: 'custom-module-development.md', section, text };
}

export function operator(section: string, text: string): Source {
  return { document: 'operator-contract.md', section, text };
}

/** What must be at hand for a check. */
export type Need =
  /** The module is started here, not only called. */
  | 'process'
  /** A cluster that can be looked at. */
  | 'cluster'
  /** A cluster behind a proxy that loses calls and answers. */
  | 'faults'
  /** The Custom resource, for values from its own schema. */
  | 'custom';

export const NEED_MEANS: Readonly<Record<Need, string>> = {
  process: 'the module to be started here: check -- COMMAND',
  cluster: 'a look at the cluster that the module works on: check -- COMMAND, or --kubeconfig FILE',
  faults: 'the module to reach its cluster through the proxy of this check: check -- COMMAND',
  custom: 'the Custom resource: --custom FILE',
};

export interface Check {
  /** `group/what`, stable: lists of expected failures name it. */
  id: string;
  level: Level;
  /** What a module does that passes. */
  sentence: string;
  source: Source;
  /** What to change in a module that fails. */
  fix: string;
  needs?: readonly Need[];
  /** Starts processes of its own, instead of sharing the running one. */
  own?: true;
  /** @throws Failed, Blocked or NotApplicable */
  run(bench: Bench): Promise<void>;
}

/** The module breaks the rule. */
export class Failed extends Error {
  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
  }
}

/** Something else that is wrong keeps the rule from being checked; the check of that is the one that fails. */
export class Blocked extends Error {}

/** The rule does not concern this module, or cannot be looked at from here. */
export class NotApplicable extends Error {}

export function shown(text: string, limit = 160): string {
  if (text === '') return 'nothing';
  const line = JSON.stringify(text);
  return line.length > limit ? `${line.slice(0, limit)}…"` : line;
}
