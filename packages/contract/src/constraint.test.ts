import fc from 'fast-check';
import { expect, test } from 'vitest';
import table from '../masterminds/table.generated.json' with { type: 'json' };
import { parseConstraint, satisfies } from './constraint.ts';

interface Row {
  constraint: string;
  error?: string;
  answers?: string;
}

function answersOf(constraint: string): string | undefined {
  const parsed = parseConstraint(constraint);
  if (!parsed.ok) return undefined;
  return table.versions.map((version) => (parsed.value.allows(version) ? '1' : '0')).join('');
}

test(`all ${table.rows.length} constraints get the answers of ${table.library}, for ${table.versions.length} versions each`, () => {
  const differences = (table.rows as Row[])
    .filter(({ constraint, answers }) => answersOf(constraint) !== answers)
    .map(({ constraint, error, answers }) => ({ constraint, error, answers, ours: answersOf(constraint) }));
  expect(differences).toEqual([]);
  expect(table.rows.length).toBeGreaterThan(300);
});

test('what the library takes for no version is none here', () => {
  for (const version of table.invalidVersions)
    expect(() => satisfies(version, '*'), version).toThrow('version');
});

test('an operator version is held against the comma form', () => {
  expect(satisfies('0.1.24', '>= 0.0.0, < 1.0.0')).toBe(true);
  expect(satisfies('v1.0.0', '>= 0.0.0, < 1.0.0')).toBe(false);
  expect(() => satisfies('0.1.24', 'latest')).toThrow(
    'expected a version constraint such as ">= 0.0.0, < 1.0.0", found "latest"',
  );
});

test('no text is slow or fatal as a constraint', () => {
  const parts = fc.constantFrom(
    '1',
    '.',
    'x',
    ' ',
    '     ',
    ',',
    '||',
    '>=',
    '~',
    '^',
    '-',
    '+',
    'v',
    '*',
    'a',
    '=',
    '!',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 300 }), (text) => {
      const parsed = parseConstraint(text.join(''));
      if (parsed.ok) parsed.value.allows('1.2.3');
    }),
  );
  expect(parseConstraint('x'.repeat(1e7)).ok).toBe(false);
  for (const other of [undefined, null, 1, {}, []]) expect(parseConstraint(other).ok).toBe(false);
});
