import { compileRegex } from './regex.ts';

export type FieldType = 'string' | 'integer' | 'float' | 'boolean' | 'option' | 'multipleOptions';

/** What a config value must be: the same rule, whether a builder, an era-2 list or an era-3 list tells it. */
export interface Rule {
  readonly type: FieldType;
  readonly required: boolean;
  readonly editable: boolean;
  readonly default?: unknown;
  /** A string's pattern, RE2. */
  readonly regex?: string;
  /** Bounds of a number; of a list, how many. */
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
}

export interface TypeRules {
  /** What era 2 writes for an optional value that has no default. */
  readonly zero: unknown;
  /** The forms in which a value may reach a runner, brought to the type's own; anything else comes back as it is. */
  fromWire(value: unknown): unknown;
  /** The operator's check of a value. */
  accepts(value: unknown, rule: Rule): boolean;
  /** `an integer between 1 and 10` */
  expected(rule: Rule): string;
}

/** A number as text: what an era-3 string that stands for a float must match. */
export const FLOAT_PATTERN = '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$';

const FLOAT_TEXT = new RegExp(FLOAT_PATTERN);
const FLOAT_TEXT_LIMIT = 100;
const VALUES_SHOWN = 20;

const same = (value: unknown) => value;

export const TYPES: Readonly<Record<FieldType, TypeRules>> = {
  string: {
    zero: '',
    fromWire: same,
    accepts: (value, rule) => typeof value === 'string' && matches(value, rule),
    expected: ({ regex }) => (regex ? `a string matching ${regex}` : 'a string'),
  },
  integer: {
    zero: 0,
    // The operator checks an integer after truncation and hands on 5.7: what it checked is what a module gets.
    fromWire: (value) => (typeof value === 'number' ? Math.trunc(value) + 0 : value),
    accepts: (value, rule) =>
      typeof value === 'number' && Number.isSafeInteger(Math.trunc(value)) && within(Math.trunc(value), rule),
    expected: (rule) => `an integer${bounds(rule)}`,
  },
  float: {
    zero: 0,
    fromWire: (value) =>
      typeof value === 'string' && value.length <= FLOAT_TEXT_LIMIT && FLOAT_TEXT.test(value)
        ? Number(value)
        : value,
    accepts: (value, rule) => typeof value === 'number' && Number.isFinite(value) && within(value, rule),
    expected: (rule) => `a number${bounds(rule)}`,
  },
  boolean: {
    zero: false,
    fromWire: same,
    accepts: (value) => typeof value === 'boolean',
    expected: () => 'true or false',
  },
  option: {
    zero: '',
    fromWire: same,
    accepts: (value, rule) => typeof value === 'string' && (rule.values ?? []).includes(value),
    expected: (rule) => `one of ${listed(rule.values)}`,
  },
  multipleOptions: {
    zero: null,
    // Era 3 takes no value for its own multipleOptions: there it is a string, separated by commas.
    fromWire: (value) => (typeof value === 'string' ? split(value) : value),
    accepts: (value, rule) =>
      Array.isArray(value) && within(value.length, rule) && allIn(value, rule.values ?? []),
    expected: (rule) => `a list${bounds(rule)} out of ${listed(rule.values)}`,
  },
};

/** Whether a value is what era 2 fills in for an optional one without a default, or one given as nothing. */
export function isZero(type: FieldType, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return (Array.isArray(value) && value.length === 0) || value === TYPES[type].zero;
}

const compiled = new WeakMap<Rule, { test(text: string): boolean }>();

function matches(text: string, rule: Rule): boolean {
  if (!rule.regex) return true;
  const pattern = compiled.get(rule) ?? compileRegex(rule.regex);
  compiled.set(rule, pattern);
  return pattern.test(text);
}

function within(value: number, { min, max }: Rule): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function allIn(items: readonly unknown[], values: readonly string[]): boolean {
  const known = new Set<unknown>(values);
  return items.every((item) => known.has(item));
}

function split(text: string): string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function bounds({ type, min, max }: Rule): string {
  if (min !== undefined && max !== undefined) {
    if (min === max) return ` of exactly ${min}`;
    return ` ${type === 'multipleOptions' ? 'of' : 'from'} ${min} to ${max}`;
  }
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

function listed(values: readonly string[] = []): string {
  const shown = values.slice(0, VALUES_SHOWN).map((value) => JSON.stringify(value));
  const more = values.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
