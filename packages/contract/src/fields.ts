import { found } from './found.ts';
import { regexFault } from './regex.ts';
import { formatProblems, type Problem } from './result.ts';
import { type FieldType, type Rule, TYPES } from './rule.ts';

declare const VALUE: unique symbol;

/** A config field as declared by one of the builders below: plain, frozen data; `T` is what `parseConfig` gives. */
export interface Field<out T = unknown> extends Rule {
  readonly description: string;
  /** The name that people see; the alias when absent. */
  readonly title?: string;
  /** Never shown: not in errors, logs, metadata or events. */
  readonly secret: boolean;
  readonly [VALUE]?: T;
}

/** Fields by alias: the key under `spec.config` of a Module, and in `config.json`. */
export type ConfigDeclaration = Readonly<Record<string, Field>>;

/** What `parseConfig` makes of a declaration: required or defaulted fields are there, the others may be undefined. */
export type ConfigOf<D extends ConfigDeclaration> = {
  -readonly [Alias in keyof D]: D[Alias] extends Field<infer T> ? T : never;
};

type Present<T, Required, Default> = [Required] extends [true]
  ? T
  : [Default] extends [undefined]
    ? T | undefined
    : T;

interface Options<Required, Default> {
  description: string;
  /** The name that people see; default: the alias. */
  title?: string;
  /** Must be given, even when there is a default (which a form may then fill in). Default false. */
  required?: Required;
  /** The value when none is given. */
  default?: Default;
  /** Whether a user may give it at all. Default true. */
  editable?: boolean;
}

interface Bounds {
  min?: number;
  max?: number;
}

interface StringRules {
  /** RE2, as in Go; matches anywhere unless anchored. */
  regex?: string;
  /** The value is redacted everywhere. A secret has no default: it would be published. */
  secret?: boolean;
}

interface Values<V> {
  values: readonly V[];
}

type Flag = boolean | undefined;

export function string<const R extends Flag = undefined, const D extends string | undefined = undefined>(
  options: Options<R, D> & StringRules,
): Field<Present<string, R, D>> {
  return field('string', options);
}

/** Within the integers that JSON carries unharmed (±2^53). */
export function integer<const R extends Flag = undefined, const D extends number | undefined = undefined>(
  options: Options<R, D> & Bounds,
): Field<Present<number, R, D>> {
  return field('integer', options);
}

export function float<const R extends Flag = undefined, const D extends number | undefined = undefined>(
  options: Options<R, D> & Bounds,
): Field<Present<number, R, D>> {
  return field('float', options);
}

/** Optional without a default, `false` arrives as undefined: era 2 fills it in, and nothing tells the two apart. */
export function boolean<const R extends Flag = undefined, const D extends boolean | undefined = undefined>(
  options: Options<R, D>,
): Field<Present<boolean, R, D>> {
  return field('boolean', options);
}

/** One of `values`. */
export function option<
  const V extends string,
  const R extends Flag = undefined,
  const D extends NoInfer<V> | undefined = undefined,
>(options: Options<R, D> & Values<V>): Field<Present<V, R, D>> {
  return field('option', options);
}

/** Some of `values`; `min` and `max` say how many. */
export function multipleOptions<
  const V extends string,
  const R extends Flag = undefined,
  const D extends readonly NoInfer<V>[] | undefined = undefined,
>(options: Options<R, D> & Values<V> & Bounds): Field<Present<V[], R, D>> {
  return field('multipleOptions', options);
}

type AnyOptions = Options<Flag, unknown> & StringRules & Bounds & Partial<Values<string>>;

function field<T>(type: FieldType, options: AnyOptions): Field<T> {
  const { required, editable, secret, values, default: fallback, ...rest } = options;
  const made: Field<T> = {
    ...rest,
    type,
    required: required ?? false,
    editable: editable ?? true,
    secret: secret ?? false,
    ...(values && { values: Object.freeze([...values]) }),
    ...(fallback !== undefined && {
      default: Array.isArray(fallback) ? Object.freeze([...fallback]) : fallback,
    }),
  };
  const problems = fieldProblems(made);
  if (problems.length > 0) {
    throw new TypeError(`config field (${type}) ${found(options.description)}: ${formatProblems(problems)}`);
  }
  return Object.freeze(made);
}

function fieldProblems(field: Field): Problem[] {
  return [
    ...(typeof field.description === 'string' && field.description.trim() !== ''
      ? []
      : [{ path: 'description', expected: 'a sentence', found: found(field.description) }]),
    ...ruleProblems(field),
    ...(field.required && !field.editable
      ? [{ path: 'editable', expected: 'true beside required: true', found: 'false' }]
      : []),
    ...(field.secret && field.default !== undefined
      ? [{ path: 'default', expected: 'none: a secret with a default is no secret', found: 'one' }]
      : []),
    ...((field.values ?? []).includes('')
      ? [{ path: 'values', expected: 'no empty value: it stands for none', found: '""' }]
      : []),
  ];
}

/** What contradicts itself in a rule, whoever wrote it. Paths are those of the rule's own keys. */
export function ruleProblems(rule: Rule): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, expected: string, value: unknown) =>
    problems.push({ path, expected, found: typeof value === 'string' ? value : found(value) });

  if (rule.regex) {
    const fault = regexFault(rule.regex);
    if (fault !== undefined) add('regex', 'an RE2 pattern', `${found(rule.regex)} (${fault})`);
  }
  const whole = rule.type !== 'float';
  for (const bound of ['min', 'max'] as const) {
    const value = rule[bound];
    if (value === undefined) continue;
    const fits = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!fits) add(bound, whole ? 'an integer' : 'a number', value);
    else if (rule.type === 'multipleOptions' && value < 0) add(bound, 'a count', value);
  }
  if (rule.min !== undefined && rule.max !== undefined && rule.min > rule.max) {
    add('max', `at least min (${rule.min})`, rule.max);
  }
  if (rule.type === 'option' || rule.type === 'multipleOptions') {
    const values = rule.values ?? [];
    if (values.length === 0) add('values', 'at least one value', 'none');
    if (new Set(values).size < values.length) add('values', 'each value once', 'one that repeats');
    if (rule.type === 'multipleOptions' && (rule.min ?? 0) > values.length) {
      add('min', `at most the ${values.length} values there are`, rule.min);
    }
  }
  if (problems.length === 0 && rule.default !== undefined) {
    const { accepts, expected } = TYPES[rule.type];
    const fits =
      accepts(rule.default, rule) && (rule.type !== 'integer' || Number.isSafeInteger(rule.default));
    if (!fits) add('default', expected(rule), found(rule.default));
  }
  return problems;
}

const ALIAS = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** What is wrong with the aliases of a declaration; the fields themselves were checked when they were built. */
export function declarationProblems(declaration: ConfigDeclaration): Problem[] {
  return Object.keys(declaration)
    .filter((alias) => !ALIAS.test(alias))
    .map((alias) => ({
      path: 'config',
      expected: 'aliases of up to 63 letters, digits, - and _, a letter first',
      found: found(alias),
    }));
}
