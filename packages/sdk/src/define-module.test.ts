import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineModule, integer, string } from './index.ts';

const whole = {
  name: 'shop',
  description: 'A shop.',
  category: 'Examples',
  identity: ['name'],
  config: { name: string({ required: true, description: 'Which.' }) },
  install() {},
  sleep() {},
  resume() {},
} as const;

const problemsOf = (change: object): string => {
  try {
    defineModule({ ...whole, ...change } as never);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('a definition', () => {
  test('is frozen, and asks for the workspace unless told', () => {
    const module = defineModule(whole);
    expect(module.permissions).toEqual(['workspace']);
    expect(Object.isFrozen(module) && Object.isFrozen(module.config)).toBe(true);
  });

  test('types the config of its verbs by what is declared', () => {
    defineModule({
      ...whole,
      identity: ['name', 'replicas'],
      config: {
        ...whole.config,
        replicas: integer({ default: 1, description: 'How many.' }),
        note: string({ description: 'x' }),
      },
      install({ config }) {
        expectTypeOf(config.name).toEqualTypeOf<string>();
        expectTypeOf(config.replicas).toEqualTypeOf<number>();
        expectTypeOf(config.note).toEqualTypeOf<string | undefined>();
      },
    });
    // @ts-expect-error identity names a field that is declared
    expect(() => defineModule({ ...whole, identity: ['nam'] })).toThrow();
  });

  test.each([
    ['a name that is no label', { name: 'My Shop' }, 'name: expected up to 32 lower case letters'],
    ['no description', { description: ' ' }, 'description: expected a text, found " "'],
    ['no verb', { sleep: undefined }, 'sleep: expected a function, found nothing'],
    ['no identity', { identity: [] }, 'identity: expected names of config fields (name), found []'],
    [
      'an identity that is no field',
      { identity: ['title'] },
      'identity: expected names of config fields (name), found "title"',
    ],
    ['a misspelt key', { instal() {} }, 'instal: expected one of name, '],
    [
      'an unknown permission',
      { permissions: ['root'] },
      'permissions: expected workspace or controller, found "root"',
    ],
    [
      'a config of plain values',
      { config: { name: 'x' } },
      'config.name: expected a field, as made by string()',
    ],
  ])('with %s says so', (_name, change, text) => {
    expect(problemsOf(change)).toContain(text);
  });

  test('cannot be found by a secret', () => {
    const config = { key: string({ secret: true, description: 'x' }) };
    expect(problemsOf({ config, identity: ['key'] })).toContain(
      'identity: expected fields that may be shown',
    );
  });

  test('says everything that is wrong at once', () => {
    expect(problemsOf({ name: '', category: '', resume: 1 }).split('\n')).toHaveLength(4);
  });
});
