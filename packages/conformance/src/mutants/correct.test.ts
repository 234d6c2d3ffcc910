import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHECKS } from '../checks/index.ts';
import { run } from '../run.ts';
import { commandTarget } from '../target/command.ts';
import { Correct, Plain } from './correct.ts';
import { checkInProcess } from './matrix.ts';

describe('a module that keeps every rule', () => {
  for (const [what, Module] of [
    ['makes things on a cluster', Correct],
    ['makes nothing on a cluster', Plain],
  ] as const) {
    test(`and ${what} passes every check that concerns it`, { timeout: 60_000 }, async () => {
      const outcomes = await checkInProcess(Module);
      const bad = outcomes.filter(({ status }) => status !== 'passed' && status !== 'skipped');
      expect(bad.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
      expect(outcomes).toHaveLength(CHECKS.length);
    });
  }
});

test('a mutant is caught as a process of its own, too', async () => {
  const main = join(import.meta.dirname, 'main.ts');
  const { outcomes } = await run({
    target: commandTarget([process.execPath, main, 'exit-143']),
    only: ['process/sigterm', 'process/exit-code', 'process/port', 'health/ok'],
    config: { name: 'shop' },
  });
  expect(Object.fromEntries(outcomes.map(({ id, status }) => [id, status]))).toEqual({
    'health/ok': 'passed',
    'process/port': 'passed',
    'process/sigterm': 'passed',
    'process/exit-code': 'failed',
  });
});
