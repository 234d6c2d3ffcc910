import type { Report, Status } from '../report.ts';
import { verdict } from './verdict.ts';

const MARKS: Record<Status, string> = {
  passed: '✅',
  failed: '❌',
  expected: '🟡',
  blocked: '⛔',
  skipped: '➖',
};

/** A page for a pull request or a job's summary: the verdict, what to do, and every check folded away. */
export function markdown(report: Report): string {
  const bad = report.outcomes.filter(({ status }) => status === 'failed' || status === 'blocked');
  const lines = [
    `## ${MARKS[report.conforms ? 'passed' : 'failed']} ${verdict(report)}`,
    '',
    `\`${report.target}\``,
    '',
  ];
  for (const { id, status, sentence, reason = '', fix, source } of bad) {
    lines.push(`### ${MARKS[status]} ${id}`, '', `A module ${sentence}.`, '', `- ${cell(reason)}`);
    if (status === 'failed') lines.push(`- Fix: ${cell(fix)}`);
    lines.push(`- From ${source.document}, ${source.section}: \`${source.text.replaceAll('`', "'")}\``, '');
  }
  lines.push('<details><summary>All checks</summary>', '', '| | check | level | |', '|---|---|---|---|');
  for (const { id, level, status, reason = '', expectedBecause } of report.outcomes) {
    lines.push(`| ${MARKS[status]} | ${id} | ${level} | ${cell(expectedBecause ?? reason)} |`);
  }
  lines.push('', '</details>', '');
  return lines.join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
