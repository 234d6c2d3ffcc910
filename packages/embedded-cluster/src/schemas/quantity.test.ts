import { expect, test } from 'vitest';
import { canonicalQuantity } from './quantity.ts';

test.each([
  ['1', '1'],
  [1, '1'],
  [0.5, '500m'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['1.5', '1500m'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['1000', '1k'],
  ['12000000', '12M'],
  ['0', '0'],
  ['0Gi', '0'],
  ['1e3', '1e3'],
  ['100e1', '1e3'],
  ['-2', '-2'],
  ['.5', '500m'],
  ['1Pi', '1Pi'],
])('the quantity %s is written as %s', (given, expected) => expect(canonicalQuantity(given)).toBe(expected));

test.each(['', 'abc', '1KiB', '1 Gi', 'Gi', '1..2'])('%j is no quantity', (given) =>
  expect(canonicalQuantity(given)).toBeUndefined(),
);
