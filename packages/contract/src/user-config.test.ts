import { expect, test } from 'vitest';
import { customConfigList, moduleConfigList } from './config-lists.ts';
import { boolean, float, integer, multipleOptions, option, string } from './fields.ts';
import { configJsonSchema } from './json-schema.ts';
import { parseConfig } from './parse-config.ts';
import { formatProblems } from './result.ts';
import { validateUserConfig } from './user-config.ts';

const description = 'A field.';
const declaration = {
  name: string({ required: true, regex: '^[a-z]+$', title: 'The name', description }),
  password: string({ secret: true, regex: '^.{8,}$', description }),
  count: integer({ min: 1, max: 5, description }),
  ratio: float({ min: 0.5, default: 0.5, description }),
  loud: boolean({ default: true, description }),
  tier: option({ values: ['a', 'b'], default: 'a', description }),
  tiers: multipleOptions({ values: ['a', 'b.c'], min: 1, description }),
  fixed: integer({ editable: false, default: 3, description }),
};
const era2 = customConfigList(declaration);
const era3 = moduleConfigList(declaration);

const inEra2 = (config: unknown) => told(validateUserConfig(era2, config, 'resource'));
const inEra3 = (config: unknown) => told(validateUserConfig(era3, config, 'inline'));

function told(result: ReturnType<typeof validateUserConfig>) {
  return result.ok ? result.value : formatProblems(result.problems);
}

test('one declaration gives the era-2 list, editable always said', () => {
  expect(era2.slice(0, 3)).toEqual([
    {
      type: 'string',
      name: 'The name',
      alias: 'name',
      spec: { required: true, regex: '^[a-z]+$', editable: true },
    },
    { type: 'string', name: 'password', alias: 'password', spec: { regex: '^.{8,}$', editable: true } },
    { type: 'integer', name: 'count', alias: 'count', spec: { min: 1, max: 5, editable: true } },
  ]);
  expect(era2.map(({ type }) => type)).toContain('multiple-options');
  expect(era2.at(-1)?.spec.editable).toBe(false);
});

test('one declaration gives the era-3 list, with text for what era 3 does not take', () => {
  expect(era3).toEqual([
    { name: 'The name', alias: 'name', string: { required: true, regex: '^[a-z]+$' } },
    { name: 'password', alias: 'password', string: { regex: '^.{8,}$' } },
    { name: 'count', alias: 'count', integer: { min: 1, max: 5 } },
    { name: 'ratio', alias: 'ratio', string: { default: '0.5', regex: expect.stringContaining('[0-9]+') } },
    { name: 'loud', alias: 'loud', boolean: { default: true } },
    { name: 'tier', alias: 'tier', option: { default: 'a', values: ['a', 'b'] } },
    { name: 'tiers', alias: 'tiers', string: { regex: '^(a|b\\.c)(, *(a|b\\.c))*$' } },
    { name: 'fixed', alias: 'fixed', integer: { default: 3, editable: false } },
  ]);
  const comma = multipleOptions({ values: ['a,b'], description });
  expect(() => moduleConfigList({ comma })).toThrow('comma: expected values without commas');
});

test('one declaration gives a JSON Schema', () => {
  expect(configJsonSchema(declaration)).toMatchObject({
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', title: 'The name', description, pattern: '^[a-z]+$' },
      password: { writeOnly: true },
      count: { type: 'integer', minimum: 1, maximum: 5 },
      ratio: { type: 'number', default: 0.5 },
      tiers: { type: 'array', minItems: 1, items: { enum: ['a', 'b.c'] } },
      fixed: { readOnly: true },
    },
  });
  const re2Only = string({ regex: '(?i)^a\\z', description });
  expect(configJsonSchema({ re2Only }).properties.re2Only).not.toHaveProperty('pattern');
});

test('era 2 fills every alias in, with its default or with nothing', () => {
  expect(inEra2({ name: 'web', ratio: 2 })).toEqual({
    name: 'web',
    password: '',
    count: 0,
    ratio: 2,
    loud: true,
    tier: 'a',
    tiers: null,
    fixed: 3,
  });
});

test('era 3 hands on what was given and nothing else', () => {
  expect(inEra3({ name: 'web', more: { a: 1 } })).toEqual({ name: 'web', more: { a: 1 } });
});

test('an unknown alias is an error in era 2 only', () => {
  expect(inEra2({ name: 'web', more: 1 })).toContain('spec.config: expected only name, password');
});

test('required must be given even when a default exists', () => {
  const required = { size: integer({ required: true, default: 2, description }) };
  expect(told(validateUserConfig(customConfigList(required), {}, 'resource'))).toBe(
    'spec.config.size: expected an integer, found nothing',
  );
  expect(told(validateUserConfig(moduleConfigList(required), null, 'inline'))).toContain('found nothing');
});

test('what is not editable must not be given; left out, editable is false in era 2 and true in era 3', () => {
  expect(inEra2({ name: 'web', fixed: 3 })).toContain(
    'spec.config.fixed: expected nothing (it is not editable)',
  );
  expect(inEra3({ name: 'web', fixed: 3 })).toContain('not editable');
  const entry = { name: 'a', alias: 'a' };
  expect(
    told(validateUserConfig([{ ...entry, type: 'string', spec: {} }], { a: 'x' }, 'resource')),
  ).toContain('not editable');
  expect(told(validateUserConfig([{ ...entry, string: {} }], { a: 'x' }, 'inline'))).toEqual({ a: 'x' });
});

test('an integer is checked after truncation and goes on as it came', () => {
  expect(inEra2({ name: 'web', count: 5.7 })).toMatchObject({ count: 5.7 });
  expect(inEra3({ name: 'web', count: 5.7 })).toMatchObject({ count: 5.7 });
  expect(inEra2({ name: 'web', count: 6 })).toBe(
    'spec.config.count: expected an integer from 1 to 5, found 6',
  );
  expect(inEra3({ name: 'web', count: '3' })).toContain('found "3"');
});

test('every wrong value is told, and no text of a string, which may be a secret', () => {
  const text = inEra2({ name: 'Web', password: 'sesame', count: 9, tier: 'c', tiers: [], loud: 1 });
  expect(text).toBe(
    'spec.config.name: expected a string matching ^[a-z]+$, found a string (not shown); ' +
      'spec.config.password: expected a string matching ^.{8,}$, found a string (not shown); ' +
      'spec.config.count: expected an integer from 1 to 5, found 9; spec.config.loud: expected true or false, found 1; ' +
      'spec.config.tier: expected one of "a", "b", found "c"; ' +
      'spec.config.tiers: expected a list of at least 1 out of "a", "b.c", found []',
  );
});

test('a fault of the operators seen can be had: no value for multipleOptions in era 3', () => {
  const list = [{ name: 'm', alias: 'm', multipleOptions: { values: ['a'] } }];
  expect(told(validateUserConfig(list, { m: ['a'] }, 'inline'))).toEqual({ m: ['a'] });
  const strict = validateUserConfig(list, { m: ['a'] }, 'inline', { refuseMultipleOptions: true });
  expect(told(strict)).toContain('takes no value for multipleOptions');
});

test('defaults that the server fills into an era-3 list are no defaults', () => {
  const list = [{ name: 'n', alias: 'n', integer: { default: 0, required: false, editable: true, min: 1 } }];
  expect(told(validateUserConfig(list, {}, 'inline'))).toEqual({});
});

test('without a list any config is taken, and a config that is no object never is', () => {
  expect(told(validateUserConfig(undefined, { a: 1 }, 'resource'))).toEqual({ a: 1 });
  expect(told(validateUserConfig([], { a: 1 }, 'resource'))).toContain('expected nothing, found "a"');
  for (const config of ['x', [], 1])
    expect(told(validateUserConfig(undefined, config, 'inline'))).toContain('an object');
});

test('what either era writes into config.json is read as the same config', () => {
  const given = { name: 'web', ratio: 1.5, tiers: ['a', 'b.c'] };
  const written2 = validateUserConfig(era2, given, 'resource');
  const written3 = validateUserConfig(era3, { ...given, ratio: '1.5', tiers: 'a, b.c' }, 'inline');
  const read = { name: 'web', ratio: 1.5, loud: true, tier: 'a', tiers: ['a', 'b.c'], fixed: 3 };
  for (const written of [written2, written3]) {
    expect(written.ok && parseConfig(declaration, written.value)).toEqual({ ok: true, value: read });
  }
});
