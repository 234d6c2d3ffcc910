import { describe, expect, test } from 'vitest';
import { evaluate, parseCel } from './cel.ts';

const self = { min: 1, max: 3, name: 'abc', tags: ['a', 'b'], labels: { x: 'y' }, nested: { on: true } };
const holds = (rule: string, oldSelf?: unknown): unknown => evaluate(parseCel(rule), { self, oldSelf });

describe('a rule', () => {
  test.each([
    ['self.min <= self.max', true],
    ['self.min + 2 == self.max', true],
    ['self.min > self.max || self.name.startsWith("ab")', true],
    ['!has(self.missing)', true],
    ['has(self.nested.on) && self.nested.on', true],
    ['has(self.missing) && self.missing > 3', false],
    ["self.name in ['abc', 'def']", true],
    ["'x' in self.labels", true],
    ['self.tags.all(t, size(t) == 1)', true],
    ["self.tags.exists(t, t == 'c')", false],
    ["self.tags.filter(t, t != 'a').size() == 1", true],
    ["self.name.matches('^[a-z]{3}$')", true],
    ['self.max % 2 == 1 ? self.min == 1 : false', true],
    ['-self.min < 0', true],
    ["self.name + 'd' == 'abcd'", true],
  ])('%s is %s', (rule, expected) => expect(holds(rule)).toBe(expected));

  test('compares with what was before', () => {
    expect(holds('self.name == oldSelf.name', { name: 'abc' })).toBe(true);
    expect(holds('self.name == oldSelf.name', { name: 'other' })).toBe(false);
  });

  test('that reads a field which is not there fails, unless the other side of an or decides', () => {
    expect(() => holds('self.missing == 1')).toThrow('no such key: missing');
    expect(holds('self.missing == 1 || true')).toBe(true);
  });

  test.each([
    'self.name.format("x")',
    'quantity(self.name)',
    'self.',
    'self.a ==',
    'self.a b',
    'authorizer.x()',
  ])('%s is refused when it is read', (rule) => expect(() => parseCel(rule)).toThrow());
});
