/** Whether a custom resource is what its schema says, with the words of kube-openapi's validation. */
import type { FieldError } from '../resources/field-errors.ts';
import {
  duplicate,
  invalid,
  notSupportedInOrder,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../resources/field-errors.ts';
import type { RawSchema } from '../schemas/schema.ts';
import { same } from '../store/freeze.ts';
import { hasFormat } from './formats.ts';
import { pattern } from './pattern.ts';

export function validateValue(schema: RawSchema, value: unknown, path: string): FieldError[] {
  const errors: FieldError[] = [];
  check(schema, value, path, errors);
  return errors;
}

/** What is not said by types: items of sets and maps are there once. Runs after the types are right. */
export function validateLists(schema: RawSchema, value: unknown, path: string): FieldError[] {
  const errors: FieldError[] = [];
  checkLists(schema, value, path, errors);
  return errors;
}

function check(schema: RawSchema, value: unknown, path: string, errors: FieldError[]): void {
  const type = typeOf(value);
  if (value === null) {
    if (schema.nullable || schema.type === undefined) return;
    errors.push(wrongType(path, schema.type, 'null'));
    return;
  }
  if (schema['x-kubernetes-int-or-string']) {
    if (type !== 'integer' && type !== 'string') errors.push(wrongType(path, 'integer,string', type));
  } else if (
    schema.type !== undefined &&
    schema.type !== type &&
    !(schema.type === 'number' && type === 'integer')
  ) {
    errors.push(wrongType(path, schema.type, type));
    return;
  }
  if (Array.isArray(schema.enum) && !schema.enum.some((each) => same(each, value))) {
    const supported = schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    errors.push(notSupportedInOrder(path, value, supported));
  }
  if (typeof value === 'string') checkString(schema, value, path, errors);
  else if (typeof value === 'number') checkNumber(schema, value, path, errors);
  else if (Array.isArray(value)) checkArray(schema, value, path, errors);
  else if (isRecord(value)) checkObject(schema, value, path, errors);
  checkCombinations(schema, value, path, errors);
}

function checkString(schema: RawSchema, value: string, path: string, errors: FieldError[]): void {
  const { maxLength, minLength } = schema as { maxLength?: number; minLength?: number };
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(path, maxLength));
  else if (minLength !== undefined && length < minLength) {
    errors.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`));
  } else if (typeof schema.pattern === 'string' && !pattern(schema.pattern).test(value)) {
    errors.push(invalid(path, value, `${path} in body should match '${schema.pattern}'`));
  }
  if (schema.format !== undefined && !hasFormat(schema.format, value)) {
    errors.push(
      typeInvalid(path, value, `${path} in body must be of type ${schema.format}: ${JSON.stringify(value)}`),
    );
  }
}

function checkNumber(schema: RawSchema, value: number, path: string, errors: FieldError[]): void {
  const { maximum, minimum, multipleOf, exclusiveMaximum, exclusiveMinimum } = schema as Record<
    string,
    number | boolean
  >;
  const wrong = (text: string): number =>
    errors.push(invalid(path, value, `${path} in body should be ${text}`));
  if (typeof multipleOf === 'number' && !Number.isInteger(value / multipleOf))
    wrong(`a multiple of ${multipleOf}`);
  if (typeof maximum === 'number' && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    wrong(exclusiveMaximum ? `less than ${maximum}` : `less than or equal to ${maximum}`);
  }
  if (typeof minimum === 'number' && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    wrong(exclusiveMinimum ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
  }
  const bits = schema.type === 'integer' && schema.format === 'int32' ? 31 : 63;
  if (schema.type === 'integer' && (value >= 2 ** bits || value < -(2 ** bits))) {
    errors.push(
      invalid(path, value, `Checked value must be of type integer with format ${schema.format ?? 'int64'}`),
    );
  }
}

function checkArray(schema: RawSchema, value: unknown[], path: string, errors: FieldError[]): void {
  const { maxItems, minItems, uniqueItems } = schema as {
    maxItems?: number;
    minItems?: number;
    uniqueItems?: boolean;
  };
  if (minItems !== undefined && value.length < minItems) {
    errors.push(invalid(path, value.length, `${path} in body should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(path, value.length, maxItems));
  if (uniqueItems && value.some((item, index) => value.slice(0, index).some((other) => same(item, other)))) {
    errors.push(duplicate(path, value));
  }
  if (schema.items)
    for (const [index, item] of value.entries()) check(schema.items, item, `${path}[${index}]`, errors);
}

function checkObject(
  schema: RawSchema,
  value: Record<string, unknown>,
  path: string,
  errors: FieldError[],
): void {
  const { maxProperties, minProperties } = schema as { maxProperties?: number; minProperties?: number };
  const keys = Object.keys(value);
  if (minProperties !== undefined && keys.length < minProperties) {
    errors.push(
      invalid(path, keys.length, `${path} in body should have at least ${minProperties} properties`),
    );
  }
  if (maxProperties !== undefined && keys.length > maxProperties)
    errors.push(tooMany(path, keys.length, maxProperties));
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  for (const key of schema.required ?? []) if (value[key] === undefined) errors.push(required(at(key)));
  for (const key of keys) {
    const inner = schema.properties?.[key] ?? schema.additionalProperties;
    if (typeof inner === 'object') check(inner, value[key], at(key), errors);
  }
}

function checkCombinations(schema: RawSchema, value: unknown, path: string, errors: FieldError[]): void {
  const { anyOf, oneOf, allOf, not } = schema as {
    anyOf?: RawSchema[];
    oneOf?: RawSchema[];
    allOf?: RawSchema[];
    not?: RawSchema;
  };
  const fits = (each: RawSchema): boolean => validateValue(each, value, path).length === 0;
  const wrong = (text: string): number => errors.push(invalid(path, value, `${path} in body ${text}`));
  if (anyOf && anyOf.length > 0 && !anyOf.some(fits)) {
    wrong('must validate at least one schema (anyOf)');
    errors.push(...validateValue(anyOf[0]!, value, path));
  }
  if (oneOf && oneOf.length > 0) {
    const found = oneOf.filter(fits).length;
    if (found !== 1) {
      wrong(
        `must validate one and only one schema (oneOf). Found ${found === 0 ? 'none valid' : `${found} valid alternatives`}`,
      );
      if (found === 0) errors.push(...validateValue(oneOf[0]!, value, path));
    }
  }
  if (allOf && allOf.length > 0) {
    const inner = allOf.flatMap((each) => validateValue(each, value, path));
    if (inner.length > 0) {
      wrong('must validate all the schemas (allOf)');
      errors.push(...inner);
    }
  }
  if (not && fits(not)) wrong('must not validate the schema (not)');
}

function checkLists(schema: RawSchema, value: unknown, path: string, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'];
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      if (type === 'set' || type === 'map') {
        const id =
          type === 'set'
            ? item
            : Object.fromEntries(keys.map((key) => [key, isRecord(item) ? item[key] : undefined]));
        const text = JSON.stringify(id);
        if (seen.has(text)) errors.push(duplicate(`${path}[${index}]`, id));
        seen.add(text);
      }
      if (schema.items) checkLists(schema.items, item, `${path}[${index}]`, errors);
    }
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      const inner = schema.properties?.[key] ?? schema.additionalProperties;
      if (typeof inner === 'object') checkLists(inner, item, path === '' ? key : `${path}.${key}`, errors);
    }
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function wrongType(path: string, expected: string, found: string): FieldError {
  return typeInvalid(path, found, `${path} in body must be of type ${expected}: ${JSON.stringify(found)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
