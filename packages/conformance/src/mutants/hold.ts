import { expect, test } from 'vitest';
import { checkInProcess } from './matrix.ts';
import type { Mutant } from './mutant.ts';

/**
 * Every check on every mutant takes a minute, and so does every module at every level: CI's, or for who works on the
 * checks. By default a mutant meets the groups that it is meant for, and what starts processes is left out.
 */
export const ALL = process.env.MUTANTS === 'all' || process.env.TEST_REAL === 'required';

/** A test for each mutant: what is meant to catch it does, and nothing else. */
export function holdEach(mutants: readonly Mutant[]): void {
  for (const mutant of mutants) {
    const { name, breaks, caughtBy, Module } = mutant;
    test.concurrent(`${name}: ${breaks}`, { timeout: 60_000 }, async () => {
      const outcomes = await checkInProcess(Module, ALL ? {} : { only: groupsOf(mutant) });
      const failed = outcomes.filter(({ status }) => status === 'failed');
      const reasons = failed.map(({ id, reason }) => `${id}: ${reason}`).join('\n');
      expect(failed.map(({ id }) => id).sort(), reasons).toEqual([...caughtBy].sort());
    });
  }
}

function groupsOf({ caughtBy }: Mutant): string[] {
  return [...new Set(caughtBy.map((id) => id.slice(0, id.indexOf('/'))))];
}
