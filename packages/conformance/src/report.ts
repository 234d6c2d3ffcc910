import type { Level, Source } from './check.ts';

/**
 * - `failed`: the rule is broken
 * - `expected`: the rule is broken, and listed as an expected failure
 * - `blocked`: something else that is wrong kept it from being checked
 * - `skipped`: does not concern this module, or cannot be looked at this way
 */
export type Status = 'passed' | 'failed' | 'expected' | 'blocked' | 'skipped';

export interface Outcome {
  id: string;
  group: string;
  level: Level;
  sentence: string;
  source: Source;
  fix: string;
  status: Status;
  /** Of everything but `passed`: one line. */
  reason?: string;
  /** Of an expected failure: why it is one. */
  expectedBecause?: string;
  ms: number;
}

export interface Report {
  /** The command or URL. */
  target: string;
  level: Level;
  conforms: boolean;
  counts: Record<Status, number>;
  outcomes: Outcome[];
  /** Listed as expected failures, but they pass. */
  noLongerFailing: string[];
  /** Listed as expected failures, but there is no such check. */
  unknownExpected: string[];
  ms: number;
}

/** 0 conforms, 1 does not, 2 could not be checked. */
export function exitCode({ counts }: Report): 0 | 1 | 2 {
  if (counts.failed > 0) return 1;
  const checked = counts.passed + counts.expected;
  return counts.blocked > 0 || checked === 0 ? 2 : 0;
}
