/**
 * `pnpm test`: types, lint, build, then every test, and one closing line that counts them all.
 *
 * Tests that need a real Kubernetes run where KUBECONFIG_TEST (an API server with its controllers) or
 * KUBECONFIG_TEST_PODS (one that runs Pods) say where it is; elsewhere they are skipped in words.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The programs that tests start run from source: what was stripped and compiled once is not done again.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'forkspacer-compile-cache');

const counts = { passed: 0, failed: 0, skipped: 0 };
const filters = process.argv.slice(2);

/** Runs a tool with its output passed through, and counts it as one test. */
function step(name: string, command: string, args: string[]): void {
  const started = Date.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  const ok = status === 0;
  counts[ok ? 'passed' : 'failed'] += 1;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name} (${seconds} s)${error ? `: ${error.message}` : ''}`);
}

/** Runs vitest and adds its own counts; a run that dies without a report is one failure. */
function tests(): void {
  const folder = mkdtempSync(join(tmpdir(), 'forkspacer-test-'));
  const report = join(folder, 'report.json');
  try {
    const { status } = spawnSync(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
      { stdio: 'inherit' },
    );
    const failedBefore = counts.failed;
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = readReport(report);
    counts.passed += numPassedTests;
    counts.failed += numFailedTests;
    counts.skipped += numPendingTests + numTodoTests;
    // A file that does not load, or an error outside any test, fails the run without failing a test.
    if (status !== 0 && counts.failed === failedBefore) counts.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(
  file: string,
): Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests', number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  }
}

if (filters.length === 0) {
  step('types', 'tsc', ['--noEmit']);
  step('lint and format', 'biome', ['check', '--error-on-warnings']);
}
step('build', 'turbo', ['run', 'build', '--output-logs=errors-only']);
if (counts.failed === 0) tests();
else console.log('The tests were not run: mend what failed above first.');

if (process.env.TEST_REAL === 'required' && counts.skipped > 0) {
  console.log(`FAILED: TEST_REAL=required forbids skipping, and ${counts.skipped} tests were skipped.`);
  counts.failed += 1;
}
if (counts.skipped > 0) {
  const missing = ['KUBECONFIG_TEST', 'KUBECONFIG_TEST_PODS'].filter((name) => !process.env[name]);
  console.log(
    [
      '',
      `!!! ${counts.skipped} tests SKIPPED: each says above what it needs.`,
      ...(missing.length > 0
        ? [
            `!!! ${missing.join(' and ')} not set: most of them need a real Kubernetes. Get one with`,
            '!!! `kind create cluster --name test --kubeconfig /tmp/kind`, then `KUBECONFIG_TEST=/tmp/kind pnpm test`',
            '!!! (a throw-away cluster: the tests create and delete in it).',
          ]
        : []),
      '',
    ].join('\n'),
  );
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
