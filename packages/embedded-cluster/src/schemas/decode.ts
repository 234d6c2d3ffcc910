import { canonicalQuantity } from './quantity.ts';
import type { Schema } from './schema.ts';

/** What Go's decoder says when a value has the wrong type: the text after `json: `. */
export class DecodeError extends Error {}

/**
 * Brings a JSON value into the form that a round trip through Go's types gives it: unknown fields and nulls are
 * gone, empty lists and maps too, structs are there, quantities and times are canonical. Changes `value` in place.
 *
 * @param unknown collects the paths of fields that the schema does not have, `spec.template.foo`.
 * @throws DecodeError for a value of the wrong type.
 */
export function decode(schema: Schema, value: Record<string, unknown>, unknown: string[]): void {
  decodeObject(schema, value, '', '', unknown);
}

function decodeObject(
  schema: Schema,
  object: Record<string, unknown>,
  path: string,
  goPath: string,
  unknown: string[],
): void {
  const struct = schema.goType?.split('.').at(-1) ?? '';
  for (const key of Object.keys(object)) {
    const field = schema.fields?.get(key);
    if (!field) {
      if (schema.open) continue;
      unknown.push(path === '' ? key : `${path}.${key}`);
      delete object[key];
      continue;
    }
    const inPath = path === '' ? key : `${path}.${key}`;
    const inGo = goPath === '' ? key : `${goPath}.${key}`;
    const result = decodeValue(field.schema, object[key], inPath, inGo, `${struct}.${inGo}`, unknown);
    if (
      result === undefined ||
      (!field.required && isEmptyCollection(field.schema, result)) ||
      (field.omitZero && isZero(result))
    ) {
      delete object[key];
    } else object[key] = result;
  }
  for (const [key, field] of schema.fields ?? []) {
    if (field.alwaysThere && object[key] === undefined) {
      const struct: Record<string, unknown> = {};
      decodeObject(field.schema, struct, '', '', unknown);
      object[key] = struct;
    } else if (object[key] === undefined && field.default !== undefined) {
      // A published default that is zero means: Go writes the field even then.
      const zero = zeroOf(field.schema, field.default);
      if (zero !== undefined) object[key] = zero;
    }
  }
}

function decodeValue(
  schema: Schema,
  value: unknown,
  path: string,
  goPath: string,
  where: string,
  unknown: string[],
): unknown {
  if (value === null || value === undefined) return undefined;
  switch (schema.type) {
    case 'any':
      return value;
    case 'object': {
      if (!isRecord(value)) throw mismatch(value, where, schema.goType ?? 'map[string]interface {}');
      decodeObject(schema, value, path, goPath, unknown);
      return value;
    }
    case 'map': {
      if (!isRecord(value)) throw mismatch(value, where, goTypeOf(schema));
      for (const key of Object.keys(value)) {
        const item = decodeValue(schema.items!, value[key], `${path}.${key}`, goPath, where, unknown);
        value[key] = item ?? zeroOf(schema.items!, undefined) ?? '';
      }
      return value;
    }
    case 'list': {
      if (!Array.isArray(value)) throw mismatch(value, where, goTypeOf(schema));
      for (let index = 0; index < value.length; index++) {
        const item = decodeValue(schema.items!, value[index], `${path}[${index}]`, goPath, where, unknown);
        value[index] = item ?? zeroOf(schema.items!, undefined) ?? null;
      }
      return value;
    }
    case 'intOrString':
      if (typeof value !== 'string' && !Number.isInteger(value)) throw mismatch(value, where, 'int32');
      return value;
    case 'string': {
      if (schema.format === 'quantity') {
        const quantity =
          typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : undefined;
        if (quantity === undefined) {
          throw new DecodeError(
            typeof value === 'string' || typeof value === 'number'
              ? "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
              : `json: cannot unmarshal ${nameOf(value)} into Go value of type string`,
          );
        }
        return quantity;
      }
      if (typeof value !== 'string')
        throw mismatch(value, where, schema.format === 'byte' ? '[]uint8' : 'string');
      if (schema.format === 'date-time') return canonicalTime(value, schema.goType === 'v1.MicroTime');
      if (schema.format === 'byte') return canonicalBytes(value);
      return value;
    }
    case 'integer':
      if (typeof value !== 'number') throw mismatch(value, where, schema.format ?? 'int64');
      if (!Number.isInteger(value)) {
        throw new DecodeError(
          `json: cannot unmarshal number ${value} into Go struct field ${where} of type ${schema.format ?? 'int64'}`,
        );
      }
      return value;
    case 'number':
      if (typeof value !== 'number') throw mismatch(value, where, 'float64');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, where, 'bool');
      return value;
  }
}

function canonicalTime(value: string, micro: boolean): string {
  const ms = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
    throw new DecodeError(
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse "${value}" as "2006"`,
    );
  }
  if (!micro) return `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const digits = (/\.(\d+)/.exec(value)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  return `${new Date(ms).toISOString().slice(0, 19)}.${digits}Z`;
}

function canonicalBytes(value: string): string {
  const plain = value.replace(/[\r\n]/g, '');
  const bad = /[^A-Za-z0-9+/=]/.exec(plain);
  if (bad) throw new DecodeError(`illegal base64 data at input byte ${bad.index}`);
  const padding = /^[^=]*={0,2}$/.test(plain) ? -1 : plain.indexOf('=');
  if (padding >= 0) throw new DecodeError(`illegal base64 data at input byte ${padding}`);
  if (plain.length % 4 !== 0)
    throw new DecodeError(`illegal base64 data at input byte ${plain.length - (plain.length % 4)}`);
  return plain;
}

function isEmptyCollection(schema: Schema, value: unknown): boolean {
  if (schema.type === 'list') return (value as unknown[]).length === 0;
  if (schema.type !== 'map') return false;
  for (const _ in value as object) return false;
  return true;
}

function isZero(value: unknown): boolean {
  return value === 0 || value === false || value === '';
}

/** Required scalars have their zero in the published default; lists and maps are written as null. */
function zeroOf(schema: Schema, fallback: unknown): unknown {
  if (schema.type === 'list' || schema.type === 'map' || schema.type === 'object') return undefined;
  return fallback !== undefined && isZero(fallback) ? fallback : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function mismatch(value: unknown, where: string, goType: string): DecodeError {
  return new DecodeError(
    `json: cannot unmarshal ${nameOf(value)} into Go struct field ${where} of type ${goType}`,
  );
}

function goTypeOf(schema: Schema): string {
  switch (schema.type) {
    case 'list':
      return `[]${goTypeOf(schema.items!)}`;
    case 'map':
      return `map[string]${goTypeOf(schema.items!)}`;
    case 'integer':
      return schema.format ?? 'int64';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string';
    default:
      return schema.goType ?? 'interface {}';
  }
}
