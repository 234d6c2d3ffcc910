import type { Outcome, Report } from '../report.ts';

/** JUnit's XML, one suite a group, as CI systems read it. */
export function junit(report: Report): string {
  const groups = Map.groupBy(report.outcomes, ({ group }) => group);
  const suites = [...groups].map(([name, outcomes]) => {
    const count = (...statuses: string[]) =>
      outcomes.filter(({ status }) => statuses.includes(status)).length;
    return [
      `  <testsuite name="${xml(name)}" tests="${outcomes.length}" failures="${count('failed')}" errors="${count('blocked')}" skipped="${count('skipped', 'expected')}" time="${seconds(outcomes.reduce((sum, { ms }) => sum + ms, 0))}">`,
      ...outcomes.map(testCase),
      '  </testsuite>',
    ].join('\n');
  });
  const { counts, ms } = report;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(report.target)}" tests="${report.outcomes.length}" failures="${counts.failed}" errors="${counts.blocked}" time="${seconds(ms)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase({
  id,
  group,
  sentence,
  status,
  reason = '',
  expectedBecause,
  fix,
  source,
  ms,
}: Outcome): string {
  const open = `    <testcase classname="${xml(group)}" name="${xml(`${id}: ${sentence}`)}" time="${seconds(ms)}"`;
  const body = `${reason}\nfix: ${fix}\nsource: ${source.document}, ${source.section}: ${source.text}`;
  switch (status) {
    case 'passed':
      return `${open}/>`;
    case 'failed':
      return `${open}><failure message="${xml(reason)}">${xml(body)}</failure></testcase>`;
    case 'blocked':
      return `${open}><error message="${xml(reason)}"/></testcase>`;
    case 'expected':
      return `${open}><skipped message="${xml(`expected failure (${expectedBecause}): ${reason}`)}"/></testcase>`;
    default:
      return `${open}><skipped message="${xml(reason)}"/></testcase>`;
  }
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);

const ENTITIES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function xml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[<>&"]/g, (character) => ENTITIES[character] ?? character)
  );
}
