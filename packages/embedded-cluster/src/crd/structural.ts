/** Pruning and defaulting by a structural schema, as custom resources have them. */
import type { Schema } from '../schemas/schema.ts';
import { clone } from '../store/freeze.ts';

/** Takes out, in place, what the schema does not know. `unknown` collects the paths. */
export function prune(schema: Schema, value: unknown, path: string, unknown: string[]): void {
  if (Array.isArray(value)) {
    if (schema.type !== 'list' || !schema.items) return;
    for (const [index, item] of value.entries()) prune(schema.items, item, `${path}[${index}]`, unknown);
    return;
  }
  if (!isRecord(value)) return;
  if (schema.type === 'map' && schema.items) {
    for (const key of Object.keys(value)) prune(schema.items, value[key], join(path, key), unknown);
    return;
  }
  if (schema.type !== 'object') return;
  for (const key of Object.keys(value)) {
    const field = schema.fields?.get(key);
    if (field) prune(field.schema, value[key], join(path, key), unknown);
    else if (!schema.open && !(schema.embedded && EMBEDDED.has(key))) {
      unknown.push(join(path, key));
      delete value[key];
    }
  }
}

const EMBEDDED = new Set(['apiVersion', 'kind', 'metadata']);

/** Puts defaults in, in place. A null that the schema does not allow counts as absent where there is a default. */
export function applyDefaults(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) applyDefaults(schema.items, item);
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, field] of schema.fields ?? []) {
    const absent = value[key] === undefined || (value[key] === null && !field.schema.nullable);
    if (field.default !== undefined && absent) value[key] = clone(field.default);
    if (value[key] !== undefined) applyDefaults(field.schema, value[key]);
  }
  if (schema.type === 'map' && schema.items)
    for (const key of Object.keys(value)) applyDefaults(schema.items, value[key]);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
