import { parseCustom, unwrap, validateUserConfig } from '@forkspacer/contract';
import { describe, expect, test } from 'vitest';
import {
  invalidConfigs,
  onlyRequired,
  validConfigs,
  withFractions,
  workingConfig,
  zeroFilled,
} from './configs.ts';
import { sampleOf } from './regex-sample.ts';

const custom = unwrap(
  parseCustom(`
kind: Custom
metadata: { supportedOperatorVersion: ">= 0.1.8" }
config:
  - { type: string, name: n, alias: name, spec: { required: true, regex: "^[a-z]{3,8}-[0-9]+$", editable: true } }
  - { type: string, name: t, alias: text, spec: { editable: true } }
  - { type: integer, name: r, alias: replicas, spec: { default: 2, min: 1, max: 5, editable: true } }
  - { type: float, name: f, alias: ratio, spec: { min: 0.5, max: 1.5, editable: true } }
  - { type: boolean, name: b, alias: verbose, spec: { editable: true } }
  - { type: option, name: o, alias: size, spec: { values: [small, large], editable: true } }
  - { type: multiple-options, name: m, alias: parts, spec: { values: [a, b, c], min: 1, max: 2, editable: true } }
spec: { image: x }
`),
);
const known = { custom, config: { replicas: 3 } };
const accepts = (config: unknown) => validateUserConfig(custom.config, config, 'resource').ok;

describe('values made from a schema', () => {
  test('make a config that works, from what is given and what is required', () => {
    const config = workingConfig(known);
    expect(config).toEqual({ name: expect.stringMatching(/^[a-z]{3,8}-[0-9]+$/), replicas: 3 });
    expect(accepts(config)).toBe(true);
  });

  test('leave out what has a default, or fill in zero for what has none', () => {
    expect(Object.keys(onlyRequired(known))).toEqual(['name']);
    expect(zeroFilled(known)).toMatchObject({
      replicas: 3,
      text: '',
      ratio: 0,
      verbose: false,
      size: '',
      parts: null,
    });
  });

  test('are each refused by the operator where they are meant to be invalid, one rule at a time', () => {
    const invalid = invalidConfigs(known);
    expect(invalid.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'name against its pattern',
        'name missing',
        'replicas above its max',
        'size none of its values',
        'parts above its max',
      ]),
    );
    for (const { what, config } of invalid) expect(accepts(config), what).toBe(false);
  });

  test('are each taken where they are meant to be valid', () => {
    const valid = validConfigs(known);
    expect(valid.length).toBeGreaterThan(10);
    for (const { what, config } of valid) expect(accepts(config), what).toBe(true);
    expect(withFractions(known)?.config.replicas).toBe(3.7);
  });
});

describe('a text for a pattern', () => {
  test.each([
    '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    '^(http|https)://[^/ ]+(:\\d{1,5})?/?$',
    '^\\d+(\\.\\d+){2}$',
    '^v?[0-9]+$',
    '^(?:a|b)c{2,}[^a-z]$',
    'anywhere',
    '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)$',
    '^\\w+@\\w+\\.com$',
  ])('%s', (pattern) => {
    for (const most of [0, 1, 5, 40]) expect(sampleOf(pattern, most)).toMatch(new RegExp(pattern, 'u'));
  });

  test.each(['(?i)a', '\\pL+', '[[:alpha:]]', '^(?=a)b$', '('])('%s is beyond it', (pattern) => {
    expect(sampleOf(pattern, 3)).toBeUndefined();
  });
});
