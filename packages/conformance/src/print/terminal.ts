import { GROUPS } from '../checks/index.ts';
import type { Outcome, Report, Status } from '../report.ts';
import { verdict } from './verdict.ts';

const MARKS: Record<Status, string> = { passed: '✓', failed: '✗', expected: '~', blocked: '!', skipped: '-' };
const COLOURS: Record<Status, number> = { passed: 32, failed: 31, expected: 33, blocked: 35, skipped: 90 };

export interface Terminal {
  colours: boolean;
  /** Also what passed and what was skipped. */
  all?: boolean;
}

/** The report as text: what is wrong with how to mend it, then one line with the verdict. */
export function terminal(report: Report, { colours, all = false }: Terminal): string {
  const paint = (text: string, colour: number) => (colours ? `\u001b[${colour}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  for (const { name, title } of GROUPS) {
    const outcomes = report.outcomes.filter(({ group }) => group === name);
    if (outcomes.length === 0) continue;
    const count = (status: Status) => outcomes.filter((each) => each.status === status).length;
    const notes = (['failed', 'expected', 'blocked', 'skipped'] as const)
      .filter((status) => count(status) > 0)
      .map((status) => paint(`${count(status)} ${status}`, COLOURS[status]));
    const dots = outcomes.map(({ status }) => paint(MARKS[status], COLOURS[status])).join('');
    lines.push(`${paint(title, 1)}  ${dots}${notes.length > 0 ? `  ${notes.join(', ')}` : ''}`);
    for (const outcome of outcomes) {
      if (all || ['failed', 'blocked', 'expected'].includes(outcome.status))
        lines.push(...told(outcome, paint));
    }
  }
  for (const id of report.noLongerFailing)
    lines.push(`${id} is listed as an expected failure and passes: take it off the list`);
  for (const id of report.unknownExpected)
    lines.push(`${id} is listed as an expected failure, and there is no such check`);
  lines.push('', paint(verdict(report), report.conforms ? 32 : 31), '');
  return lines.join('\n');
}

function told(outcome: Outcome, paint: (text: string, colour: number) => string): string[] {
  const { id, sentence, status, reason, fix, source, expectedBecause } = outcome;
  const lines = [`  ${paint(`${MARKS[status]} ${id}`, COLOURS[status])}  ${sentence}`];
  if (reason !== undefined) lines.push(`      ${reason}`);
  if (expectedBecause !== undefined) lines.push(`      expected: ${expectedBecause}`);
  if (status === 'failed') {
    lines.push(`      fix: ${fix}`, `      from ${source.document}, ${source.section}: ${source.text}`);
  }
  return lines;
}
