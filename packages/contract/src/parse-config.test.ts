import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { boolean, type ConfigOf, float, integer, multipleOptions, option, string } from './fields.ts';
import { parseConfig, secretValues } from './parse-config.ts';
import { formatProblems } from './result.ts';

const declaration = {
  namespace: string({ default: 'default', description: 'Where it lives.' }),
  deployment: string({ required: true, description: 'What to park.' }),
  replicas: integer({ min: 1, max: 10, description: 'How many.' }),
  ratio: float({ min: 0.5, default: 1, description: 'How much.' }),
  verbose: boolean({ description: 'Whether to talk.' }),
  tier: option({ values: ['small', 'large'], default: 'small', description: 'Which size.' }),
  tiers: multipleOptions({ values: ['a', 'b', 'c'], max: 2, description: 'Which of them.' }),
  password: string({ secret: true, regex: '^[a-z]{8}$', description: 'Not to be seen.' }),
  hidden: integer({ editable: false, default: 3, description: 'Not for users.' }),
};

function parsed(raw: unknown) {
  const result = parseConfig(declaration, raw);
  return result.ok ? result.value : formatProblems(result.problems);
}

const least = { namespace: 'default', deployment: 'web', ratio: 1, tier: 'small', hidden: 3 };

test('the type of a config follows from its declaration', () => {
  type Config = ConfigOf<typeof declaration>;
  expectTypeOf<Config>().toEqualTypeOf<{
    namespace: string;
    deployment: string;
    replicas: number | undefined;
    ratio: number;
    verbose: boolean | undefined;
    tier: 'small' | 'large';
    tiers: ('a' | 'b' | 'c')[] | undefined;
    password: string | undefined;
    hidden: number;
  }>();
});

test('defaults are filled in and what is optional stays away', () => {
  expect(parsed({ deployment: 'web' })).toEqual(least);
});

test('what era 2 fills in for an optional field counts as nothing', () => {
  const filled = { replicas: 0, verbose: false, tiers: null, password: '' };
  expect(parsed({ deployment: 'web', ...filled })).toEqual(least);
  expect(parsed({ deployment: 'web', ...filled, tiers: [], ratio: null })).toEqual(least);
});

test('unknown keys and editable are not the runner’s business', () => {
  expect(parsed({ deployment: 'web', colour: 'red', hidden: 4 })).toEqual({ ...least, hidden: 4 });
});

test('an integer that was checked after truncation is read as it was checked', () => {
  expect(parsed({ deployment: 'web', replicas: 5.7 })).toEqual({ ...least, replicas: 5 });
  expect(parsed({ deployment: 'web', replicas: 10.9 })).toEqual({ ...least, replicas: 10 });
  expect(parsed({ deployment: 'web', replicas: 0.4 })).toEqual(least);
  expect(parsed({ deployment: 'web', replicas: 11 })).toBe(
    'replicas: expected an integer from 1 to 10, found 11',
  );
});

test('a float may arrive as the text of a number', () => {
  expect(parsed({ deployment: 'web', ratio: '1.5e1' })).toEqual({ ...least, ratio: 15 });
  expect(parsed({ deployment: 'web', ratio: '.5' })).toEqual({ ...least, ratio: 0.5 });
  for (const text of ['1,5', 'NaN', 'Infinity', '0x10', '1_0', ' 1', '', '1'.repeat(400)]) {
    expect(parsed({ deployment: 'web', ratio: text })).toContain('ratio: expected a number of at least 0.5');
  }
});

test('a list may arrive as its items between commas', () => {
  expect(parsed({ deployment: 'web', tiers: 'a, c' })).toEqual({ ...least, tiers: ['a', 'c'] });
  expect(parsed({ deployment: 'web', tiers: ['a', 'z'] })).toBe(
    'tiers: expected a list of at most 2 out of "a", "b", "c", found ["a", "z"]',
  );
});

test('every wrong field is told, and no secret', () => {
  const text = parsed({ deployment: 7, replicas: '3', tier: 'huge', password: 'Sesame', verbose: 'yes' });
  expect(text).toBe(
    'deployment: expected a string, not empty, found 7; replicas: expected an integer from 1 to 10, found "3"; ' +
      'verbose: expected true or false, found "yes"; tier: expected one of "small", "large", found "huge"; ' +
      'password: expected a string matching ^[a-z]{8}$, found a string (not shown)',
  );
  expect(secretValues(declaration, { password: 'Sesame' })).toEqual(['Sesame']);
});

test('a required field must be given, and not as an empty string', () => {
  expect(parsed({})).toBe('deployment: expected a string, not empty, found nothing');
  expect(parsed({ deployment: '' })).toBe('deployment: expected a string, not empty, found ""');
  const both = { name: string({ required: true, default: 'x', description: 'Required with a default.' }) };
  expect(parseConfig(both, {}).ok).toBe(false);
});

test('no config at all is an empty one, and a config that is no object is refused', () => {
  for (const raw of [null, undefined]) expect(parsed(raw)).toContain('deployment');
  for (const raw of [[], 'text', 3, true]) expect(parsed(raw)).toContain('expected a config object');
});

test('hostile input is an ordinary answer', () => {
  const hostile = JSON.parse('{"deployment":"web","__proto__":{"namespace":"evil"},"constructor":1}');
  expect(parsed(hostile)).toEqual(least);
  let deep: unknown = 'x';
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(parsed({ deployment: deep })).toContain('found a list of 1');
  const huge = parsed({ deployment: 'web', tier: 'x'.repeat(1e6) });
  expect(String(huge).length).toBeLessThan(200);
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    expect(parsed({ deployment: 'web', replicas: number, ratio: number === 1e300 ? 0 : number })).toContain(
      'ratio',
    );
  }
});

test('parsing never throws, whatever arrives', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true }), (raw) => {
      expect(parseConfig(declaration, raw)).toHaveProperty('ok');
      expect(
        parseConfig(declaration, Object.fromEntries(Object.keys(declaration).map((a) => [a, raw]))),
      ).toHaveProperty('ok');
    }),
  );
});
