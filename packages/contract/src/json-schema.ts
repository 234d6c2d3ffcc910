import type { ConfigDeclaration, Field } from './fields.ts';
import type { FieldType } from './rule.ts';

/** JSON Schema (2020-12) of `spec.config` as a user may write it, for editors and forms. */
export interface ConfigJsonSchema {
  $schema: 'https://json-schema.org/draft/2020-12/schema';
  type: 'object';
  properties: Record<string, JsonSchemaProperty>;
  required?: string[];
  additionalProperties: false;
}

export type JsonSchemaProperty = {
  type: string;
  description: string;
  title?: string;
  [keyword: string]: unknown;
};

export function configJsonSchema(declaration: ConfigDeclaration): ConfigJsonSchema {
  const required = Object.keys(declaration).filter((alias) => declaration[alias]!.required);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(declaration).map(([alias, field]) => [alias, property(field)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

const KEYWORDS: Readonly<Record<FieldType, (field: Field) => { type: string; [keyword: string]: unknown }>> =
  {
    string: (field) => ({
      type: 'string',
      ...(field.regex && isEcmaPattern(field.regex) && { pattern: field.regex }),
      ...(field.required && !field.regex && { minLength: 1 }),
      ...(field.secret && { format: 'password', writeOnly: true }),
    }),
    integer: (field) => ({ type: 'integer', ...limits(field, 'minimum', 'maximum') }),
    float: (field) => ({ type: 'number', ...limits(field, 'minimum', 'maximum') }),
    boolean: () => ({ type: 'boolean' }),
    option: (field) => ({ type: 'string', enum: [...(field.values ?? [])] }),
    multipleOptions: (field) => ({
      type: 'array',
      items: { type: 'string', enum: [...(field.values ?? [])] },
      ...limits(field, 'minItems', 'maxItems'),
    }),
  };

function property(field: Field): JsonSchemaProperty {
  const { type, ...keywords } = KEYWORDS[field.type](field);
  return {
    type,
    ...(field.title !== undefined && { title: field.title }),
    description: field.description,
    ...keywords,
    ...(field.default !== undefined && {
      default: Array.isArray(field.default) ? [...field.default] : field.default,
    }),
    ...(!field.editable && { readOnly: true }),
  };
}

function limits({ min, max }: Field, lower: string, upper: string): Record<string, number> {
  return { ...(min !== undefined && { [lower]: min }), ...(max !== undefined && { [upper]: max }) };
}

// JSON Schema's patterns are ECMA-262 with `u`; what only RE2 knows (`(?i)`, `\z`, `[[:alpha:]]`) is left to the parser.
function isEcmaPattern(regex: string): boolean {
  try {
    new RegExp(regex, 'u');
    return true;
  } catch {
    return false;
  }
}
