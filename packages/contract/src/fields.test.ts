import { expect, test } from 'vitest';
import { declarationProblems, float, integer, multipleOptions, option, string } from './fields.ts';

const description = 'A field.';

test('a contradiction in a field is an error where it is declared', () => {
  expect(() => string({ description: '' })).toThrow('description: expected a sentence');
  expect(() => string({ description, regex: '(?=a)' })).toThrow(
    'regex: expected an RE2 pattern, found "(?=a)"',
  );
  expect(() => string({ description, regex: '(a)\\1' })).toThrow('invalid escape sequence');
  expect(() => string({ description, regex: '[' })).toThrow('missing closing ]');
  expect(() => string({ description, regex: '^a$', default: 'b' })).toThrow(
    'default: expected a string matching ^a$, found "b"',
  );
  expect(() => string({ description, secret: true, default: 'b' })).toThrow('a secret with a default');
  expect(() => string({ description, required: true, editable: false })).toThrow('editable: expected true');
  expect(() => integer({ description, min: 2, max: 1 })).toThrow('max: expected at least min (2), found 1');
  expect(() => integer({ description, min: 0.5 })).toThrow('min: expected an integer, found 0.5');
  expect(() => integer({ description, default: 1.5 })).toThrow('default: expected an integer, found 1.5');
  expect(() => float({ description, max: Number.NaN })).toThrow('max: expected a number, found NaN');
  expect(() => option({ description, values: [] })).toThrow('values: expected at least one value');
  expect(() => option({ description, values: ['a', 'a'] })).toThrow('values: expected each value once');
  expect(() => option({ description, values: ['a', ''] })).toThrow('values: expected no empty value');
  // @ts-expect-error a default must be one of the values
  expect(() => option({ description, values: ['a'], default: 'b' })).toThrow('default: expected one of "a"');
  expect(() => multipleOptions({ description, values: ['a'], min: 2 })).toThrow(
    'min: expected at most the 1',
  );
  expect(() => multipleOptions({ description, values: ['a'], min: 1, default: [] })).toThrow(
    'default: expected',
  );
});

test('everything wrong with a field is told at once', () => {
  expect(() => integer({ description: ' ', min: 3, max: 1 })).toThrow(/description: .*max: /);
});

test('a field is frozen data', () => {
  const field = multipleOptions({ description, values: ['a', 'b'], default: ['a'] });
  expect(Object.isFrozen(field) && Object.isFrozen(field.values) && Object.isFrozen(field.default)).toBe(
    true,
  );
  expect(JSON.parse(JSON.stringify(field))).toEqual(field);
});

test('an alias must be one that config.json, YAML and templates can carry', () => {
  const field = string({ description });
  expect(declarationProblems({ appName: field, 'app-name': field, A1: field })).toEqual([]);
  const problems = declarationProblems(JSON.parse('{"__proto__":1,"1a":1,"a b":1,"":1,"ü":1}'));
  expect(problems).toHaveLength(5);
});
