import { describe, expect, test } from 'vitest';
import {
  labelSelectorText,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  requirementsOf,
} from './selectors.ts';

const labels = { app: 'web', tier: 'front', size: '3' };

describe('a label selector', () => {
  test.each([
    ['app=web', true],
    ['app==web,tier!=back', true],
    ['tier in (front, back)', true],
    ['tier notin (front)', false],
    ['missing notin (x)', true],
    ['app,!missing', true],
    ['!app', false],
    ['size>2,size<4', true],
    ['size>3', false],
    ['missing=', false],
    ['toString', false],
    ['', true],
  ])('%j: %s', (text, expected) => expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected));

  test.each(['a b', 'a in b', '=x', 'a in (x', 'a=b,', 'size>x', 'a/b/c=d'])('%j is refused', (text) =>
    expect(() => parseLabelSelector(text)).toThrow(),
  );

  test('is written as a Scale carries it', () => {
    const selector = {
      matchLabels: { b: '2', a: '1' },
      matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['y', 'x'] }],
    };
    expect(labelSelectorText(requirementsOf(selector))).toBe('a=1,b=2,c notin (x,y)');
  });
});

test('a field selector may escape its signs', () => {
  expect(parseFieldSelector('a=b\\,c,d!=e')).toEqual([
    { field: 'a', value: 'b,c', equals: true },
    { field: 'd', value: 'e', equals: false },
  ]);
});
