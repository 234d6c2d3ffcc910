import { CUSTOM_TYPES, type CustomConfigEntry, type ModuleConfigEntry } from './config-lists.ts';
import { ruleProblems } from './fields.ts';
import { found, isObject, own } from './found.ts';
import type { Problem } from './result.ts';
import { type FieldType, isZero, type Rule, TYPES } from './rule.ts';
import { check, FLAG, list, object, type Shape, TEXT, under } from './shape.ts';

/** A value's rule together with where it is looked for. */
export interface NamedRule extends Rule {
  readonly alias: string;
  readonly name: string;
}

/** The rules in a Custom's `config:` list. */
export function customRules(entries: readonly CustomConfigEntry[]): NamedRule[] {
  return entries.map(({ type, name, alias, spec }) => ({
    ...spec,
    type: typeOfCustom(type) ?? 'string',
    alias,
    name: name ?? alias,
    required: spec?.required ?? false,
    editable: spec?.editable ?? false,
  }));
}

/**
 * The rules in a Module's own `config:` list. The server fills in `default: ""`, `0` and `false` there, so that those
 * cannot be told from no default.
 */
export function moduleRules(entries: readonly ModuleConfigEntry[]): NamedRule[] {
  return entries.map((entry) => {
    const type = typeOfModule(entry) ?? 'string';
    const spec = entry[type as keyof ModuleConfigEntry & FieldType] ?? {};
    const { default: fallback, ...rest } = spec;
    return {
      ...rest,
      ...(!isZero(type, fallback) && { default: fallback }),
      type,
      alias: entry.alias,
      name: entry.name,
      required: spec.required ?? false,
      editable: spec.editable ?? true,
    };
  });
}

export function typeOfCustom(type: unknown): FieldType | undefined {
  return (Object.keys(CUSTOM_TYPES) as FieldType[]).find((key) => CUSTOM_TYPES[key] === type);
}

const MODULE_TYPES = ['string', 'integer', 'boolean', 'option', 'multipleOptions'] as const;

function typeOfModule(entry: unknown): (typeof MODULE_TYPES)[number] | undefined {
  return MODULE_TYPES.find((type) => isObject(entry) && isObject(own(entry, type)));
}

const ANY: Shape = { type: 'any' };
const NUMBER: Shape = { type: 'any' }; // whether it is a fitting number is the rule's business

const SPEC_FIELDS: Readonly<Record<FieldType, Record<string, Shape>>> = {
  string: { regex: TEXT },
  integer: { min: NUMBER, max: NUMBER },
  float: { min: NUMBER, max: NUMBER },
  boolean: {},
  option: { values: list(TEXT, true) },
  multipleOptions: { values: list(TEXT, true), min: NUMBER, max: NUMBER },
};

function specShape(type: FieldType): Shape {
  const needed = 'values' in SPEC_FIELDS[type] ? ['values'] : [];
  return object({ required: FLAG, editable: FLAG, default: ANY, ...SPEC_FIELDS[type] }, ...needed);
}

/** What is wrong in a Custom's `config:` list, with paths such as `config[0].spec.regex`. */
export function customListProblems(entries: unknown): Problem[] {
  return listProblems(entries, (entry, path) => {
    const type = typeOfCustom(own(entry, 'type'));
    if (!type) {
      return [
        {
          path: `${path}.type`,
          expected: `one of ${Object.values(CUSTOM_TYPES).join(', ')}`,
          found: found(own(entry, 'type')),
        },
      ];
    }
    const problems: Problem[] = [];
    check(object({ alias: TEXT, name: TEXT }), entry, path, problems);
    const spec = own(entry, 'spec') ?? {};
    check(specShape(type), spec, `${path}.spec`, problems);
    if (problems.length > 0) return problems;
    return under(`${path}.spec`, ruleProblems(customRules([entry as unknown as CustomConfigEntry])[0]!));
  });
}

/** The same for a Module's own list; paths such as `config[0].string.regex`. */
export function moduleListProblems(entries: unknown): Problem[] {
  return listProblems(entries, (entry, path) => {
    const types = MODULE_TYPES.filter((type) => (own(entry, type) ?? null) !== null);
    const [type] = types;
    if (!type || types.length > 1) {
      return [
        {
          path,
          expected: `exactly one of ${MODULE_TYPES.join(', ')}`,
          found: types.join(' and ') || 'none of them',
        },
      ];
    }
    const problems: Problem[] = [];
    check(object({ alias: TEXT, name: TEXT }, 'name'), entry, path, problems);
    check(specShape(type), own(entry, type), `${path}.${type}`, problems);
    if (problems.length > 0) return problems;
    return under(`${path}.${type}`, ruleProblems(moduleRules([entry as unknown as ModuleConfigEntry])[0]!));
  });
}

function listProblems(
  entries: unknown,
  problemsOf: (entry: Record<string, unknown>, path: string) => Problem[],
): Problem[] {
  if (!Array.isArray(entries)) return [];
  const aliases = new Set<unknown>();
  return entries.flatMap((entry, index) => {
    const path = `config[${index}]`;
    if (!isObject(entry)) return [{ path, expected: 'an object', found: found(entry) }];
    const alias = own(entry, 'alias');
    const repeats = aliases.has(alias);
    aliases.add(alias);
    const aliasProblems =
      typeof alias !== 'string' || alias === ''
        ? [{ path: `${path}.alias`, expected: 'a string, not empty', found: found(alias) }]
        : repeats
          ? [{ path: `${path}.alias`, expected: 'each alias once', found: `${found(alias)} again` }]
          : [];
    return [...aliasProblems, ...problemsOf(entry, path).filter(({ path: at }) => at !== `${path}.alias`)];
  });
}

/** What era 2 writes for a value that was not given. */
export function filledIn(rule: Rule): unknown {
  if (rule.default === undefined || rule.default === null) return TYPES[rule.type].zero;
  return Array.isArray(rule.default) ? [...rule.default] : rule.default;
}
