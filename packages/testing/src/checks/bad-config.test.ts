import {
  boolean,
  type Field,
  float,
  integer,
  multipleOptions,
  option,
  parseConfig,
  string,
} from '@forkspacer/contract';
import { expect, test } from 'vitest';
import { badConfigs } from './bad-config.ts';

const description = 'A field.';
const declaration = {
  text: string({ description, required: true, regex: '^[a-z]+$' }),
  count: integer({ description, min: 1, max: 5 }),
  share: float({ description, min: 0, max: 1, default: 0.5 }),
  flag: boolean({ description, default: true }),
  size: option({ description, values: ['small', 'large'], required: true }),
  parts: multipleOptions({ description, values: ['a', 'b', 'c'], min: 2, max: 2 }),
} satisfies Record<string, Field>;
const config = { text: 'abc', count: 2, size: 'small', parts: ['a', 'b'] };

test('every field is made wrong in every way that its declaration tells', () => {
  const bad = badConfigs(declaration, config);
  const waysOf = (name: string) => [
    ...new Set(bad.filter(({ field }) => field === name).map(({ why }) => why)),
  ];
  const ways = Object.fromEntries(Object.keys(declaration).map((field) => [field, waysOf(field)]));
  expect(ways).toEqual({
    text: ['of the wrong type', 'not matching', 'missing', 'null'],
    count: ['of the wrong type', 'too small', 'too large'],
    share: ['of the wrong type', 'too small', 'too large'],
    flag: ['of the wrong type'],
    size: ['of the wrong type', 'missing', 'null'],
    parts: ['of the wrong type', 'too many', 'too few'],
  });
});

test('the config itself is right, and each of them is wrong in its one field', () => {
  expect(parseConfig(declaration, config).ok).toBe(true);
  for (const bad of badConfigs(declaration, config)) {
    const parsed = parseConfig(declaration, bad.config);
    const paths = parsed.ok ? [] : parsed.problems.map(({ path }) => path);
    expect(paths, `${bad.field} ${bad.why}: ${JSON.stringify(bad.config[bad.field])}`).toEqual([bad.field]);
  }
});
