import { type ConfigDeclaration, declarationProblems, type Field } from './fields.ts';
import { formatProblems } from './result.ts';
import { type FieldType, FLOAT_PATTERN } from './rule.ts';

/** An entry of a Custom's `config:` list (era 2). An omitted `editable` means false there. */
export interface CustomConfigEntry {
  type: CustomConfigType;
  name: string;
  alias: string;
  spec: ConfigSpec;
}

export type CustomConfigType = 'string' | 'integer' | 'float' | 'boolean' | 'option' | 'multiple-options';

/** The rule of one value. Which keys count depends on the type. */
export interface ConfigSpec {
  required?: boolean;
  default?: unknown;
  regex?: string;
  min?: number;
  max?: number;
  values?: string[];
  editable?: boolean;
}

/** An entry of a Module's own `config:` list (era 3). An omitted `editable` means true there, and there is no float. */
export interface ModuleConfigEntry {
  name: string;
  alias: string;
  string?: ConfigSpec;
  integer?: ConfigSpec;
  boolean?: ConfigSpec;
  option?: ConfigSpec;
  multipleOptions?: ConfigSpec;
}

export const CUSTOM_TYPES: Readonly<Record<FieldType, CustomConfigType>> = Object.freeze({
  string: 'string',
  integer: 'integer',
  float: 'float',
  boolean: 'boolean',
  option: 'option',
  multipleOptions: 'multiple-options',
});

/** The `config:` list of a Custom. Throws when an alias is none. */
export function customConfigList(declaration: ConfigDeclaration): CustomConfigEntry[] {
  return entries(declaration).map(([alias, field]) => ({
    type: CUSTOM_TYPES[field.type],
    name: field.title ?? alias,
    alias,
    spec: specOf(field, { editable: field.editable }),
  }));
}

/**
 * The `config:` list of an inline Module. What era 3 does not have (float) or never accepts (multipleOptions) is
 * written as a string with a pattern; `parseConfig` reads it back and checks the bounds that a pattern cannot tell.
 * Throws when an alias is none, or when a value of multipleOptions holds a comma.
 */
export function moduleConfigList(declaration: ConfigDeclaration): ModuleConfigEntry[] {
  return entries(declaration).map(([alias, field]) => {
    const editable = field.editable ? {} : { editable: false };
    const entry = { name: field.title ?? alias, alias };
    switch (field.type) {
      case 'float':
        return { ...entry, string: asText(field, FLOAT_PATTERN, String, editable) };
      case 'multipleOptions':
        return { ...entry, string: asText(field, listPattern(alias, field), joined, editable) };
      default:
        return { ...entry, [field.type]: specOf(field, editable) };
    }
  });
}

function entries(declaration: ConfigDeclaration): [string, Field][] {
  const problems = declarationProblems(declaration);
  if (problems.length > 0) throw new TypeError(formatProblems(problems));
  return Object.entries(declaration);
}

function specOf(field: Field, editable: { editable?: boolean }): ConfigSpec {
  return {
    ...(field.required && { required: true }),
    ...(field.default !== undefined && {
      default: Array.isArray(field.default) ? [...field.default] : field.default,
    }),
    ...(field.regex && { regex: field.regex }),
    ...(field.values && { values: [...field.values] }),
    ...(field.min !== undefined && { min: field.min }),
    ...(field.max !== undefined && { max: field.max }),
    ...editable,
  };
}

function asText(
  field: Field,
  regex: string,
  text: (value: unknown) => string,
  editable: { editable?: boolean },
): ConfigSpec {
  return {
    ...(field.required && { required: true }),
    ...(field.default !== undefined && { default: text(field.default) }),
    regex,
    ...editable,
  };
}

function joined(value: unknown): string {
  return (value as string[]).join(',');
}

function listPattern(alias: string, { values = [], min = 0 }: Field): string {
  const comma = values.find((value) => value.includes(',') || value.trim() !== value);
  if (comma !== undefined) {
    throw new TypeError(
      `${alias}: expected values without commas or outer spaces (era 3 writes them as one string), found ${JSON.stringify(comma)}`,
    );
  }
  const one = `(${values.map(quoteRegex).join('|')})`;
  const list = `${one}(, *${one})*`;
  return min > 0 ? `^${list}$` : `^(${list})?$`;
}

function quoteRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
