import { type Custom, type CustomConfigEntry, validateUserConfig } from '@forkspacer/contract';
import { sampleOf } from './regex-sample.ts';

/** What values are made from: the schema, and the config that is known to work. */
export interface Known {
  custom?: Custom;
  config: Record<string, unknown>;
}

export interface Given {
  /** For a report: `replicas below 1`. */
  what: string;
  config: Record<string, unknown>;
}

const LONG = 'x'.repeat(300);

const entriesOf = ({ custom }: Known): readonly CustomConfigEntry[] => custom?.config ?? [];

/** Values for what is required: those of the config where it has them, made from the rule otherwise. */
export function workingConfig(known: Known): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const entry of entriesOf(known)) {
    if (entry.spec?.required) made[entry.alias] = sample(entry);
  }
  return { ...made, ...known.config };
}

/** As an operator of the inline generation hands it on when the user gives no more than is needed. */
export function onlyRequired(known: Known): Record<string, unknown> {
  const config = workingConfig(known);
  const withDefault = entriesOf(known).filter(({ spec }) => spec?.default !== undefined && !spec.required);
  for (const { alias } of withDefault) delete config[alias];
  return config;
}

/** As an operator of the resource generation hands on the same: every alias is there. */
export function zeroFilled(known: Known): Record<string, unknown> {
  const config = workingConfig(known);
  for (const { alias, type, spec } of entriesOf(known)) {
    config[alias] ??= spec?.default ?? zeroOf(type);
  }
  return config;
}

/** An integer such as 2.7, which the operator takes for 2. */
export function withFractions(known: Known): Given | undefined {
  const config = workingConfig(known);
  const entry = entriesOf(known).find(({ type }) => type === 'integer');
  if (!entry) return undefined;
  const whole = Number(config[entry.alias] ?? sample(entry));
  const value = whole < 0 ? whole - 0.7 : whole + 0.7;
  return { what: `${entry.alias} at ${value}`, config: { ...config, [entry.alias]: value } };
}

/** Configs of which each breaks one rule; `missing` where it leaves a required value out. */
export function invalidConfigs(known: Known): (Given & { missing: boolean })[] {
  const config = workingConfig(known);
  const invalid: (Given & { missing: boolean })[] = [];
  // Zero, "" and an empty list do not count: an operator may have filled them in.
  for (const entry of entriesOf(known)) {
    const { alias, spec } = entry;
    const add = (what: string, value: unknown) => {
      if (!isValid(entry, value))
        invalid.push({ what: `${alias} ${what}`, config: { ...config, [alias]: value }, missing: false });
    };
    add('of another type', entry.type === 'boolean' ? 'maybe' : { an: 'object' });
    if (spec?.min !== undefined && !isList(entry)) add('below its min', spec.min === 1 ? -1 : spec.min - 1);
    if (spec?.max !== undefined)
      add('above its max', isList(entry) ? Array(spec.max + 1).fill(spec.values?.[0]) : spec.max + 1);
    if (spec?.values) add('none of its values', isList(entry) ? ['no such value'] : 'no such value');
    if (spec?.regex)
      add(
        'against its pattern',
        ['\u0000 !', LONG].find((text) => !isValid(entry, text)),
      );
    if (spec?.required && spec.default === undefined) {
      const { [alias]: _, ...rest } = config;
      invalid.push({ what: `${alias} missing`, config: rest, missing: true });
    }
  }
  return invalid;
}

/** Configs that the schema allows, at the edges of each field. */
export function validConfigs(known: Known): Given[] {
  const config = workingConfig(known);
  return entriesOf(known).flatMap((entry) =>
    edges(entry)
      .filter((value) => isValid(entry, value))
      .map((value) => ({
        what: `${entry.alias} at ${JSON.stringify(value).slice(0, 40)}`,
        config: { ...config, [entry.alias]: value },
      })),
  );
}

function edges({ type, spec }: CustomConfigEntry): unknown[] {
  const { min, max, values = [], regex } = spec ?? {};
  switch (type) {
    case 'boolean':
      return [true, false];
    case 'option':
      return [...values];
    case 'multiple-options':
      return [[], values.slice(0, min ?? 1), values.slice(0, max)];
    case 'integer':
    case 'float':
      return [min ?? 0, max ?? 1_000_000];
    default:
      return regex ? [sampleOf(regex, 1), sampleOf(regex, 20)] : ['ü 東京 <&> "\'', LONG];
  }
}

/** A value that the rule takes. */
function sample(entry: CustomConfigEntry): unknown {
  if (entry.spec?.default !== undefined) return entry.spec.default;
  const { type, spec } = entry;
  if (type === 'string') return spec?.regex ? sampleOf(spec.regex, 5) : 'conformance';
  return [1, ...edges(entry)].find((value) => isValid(entry, value)) ?? zeroOf(type);
}

function isValid(entry: CustomConfigEntry, value: unknown): boolean {
  if (value === undefined) return false;
  const editable = { ...entry, spec: { ...entry.spec, editable: true } };
  return validateUserConfig([editable], { [entry.alias]: value }, 'resource').ok;
}

const isList = ({ type }: CustomConfigEntry) => type === 'multiple-options';

function zeroOf(type: CustomConfigEntry['type']): unknown {
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'float') return 0;
  return type === 'multiple-options' ? null : '';
}
