import type { Report } from '../report.ts';

/** One line. */
export function verdict({ conforms, level, counts, ms }: Report): string {
  const { passed, failed, expected, blocked, skipped } = counts;
  const parts = [`${passed} passed`, `${failed} failed`];
  if (expected > 0) parts.push(`${expected} expected to fail`);
  if (blocked > 0) parts.push(`${blocked} could not be checked`);
  parts.push(`${skipped} skipped`);
  const what = conforms
    ? `conforms (${level})`
    : failed > 0
      ? `does not conform (${level})`
      : `could not be checked (${level})`;
  return `${what}: ${parts.join(', ')} in ${(ms / 1000).toFixed(1)} s`;
}
