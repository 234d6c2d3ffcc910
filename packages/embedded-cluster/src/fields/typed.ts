/**
 * What structured-merge-diff does with a value and its schema: which fields it sets, how two differ, how one is
 * laid over the other, and what is left without some fields. Values are JSON and are never changed in place.
 */

import type { Schema } from '../schemas/schema.ts';
import { anything } from '../schemas/schema.ts';
import { same } from '../store/freeze.ts';
import { FieldSet } from './field-set.ts';

type Json = unknown;
type Record_ = Record<string, unknown>;

const isRecord = (value: Json): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `any` is taken for what the value looks like: maps granular, lists atomic. */
function shape(schema: Schema, value: Json): 'map' | 'list' | 'leaf' {
  if (schema.atomic) return 'leaf';
  switch (schema.type) {
    case 'object':
    case 'map':
      return 'map';
    case 'list':
      return schema.listType === 'map' || schema.listType === 'set' ? 'list' : 'leaf';
    case 'any':
      return isRecord(value) ? 'map' : 'leaf';
    default:
      return 'leaf';
  }
}

function fieldSchema(schema: Schema, key: string): Schema {
  return schema.fields?.get(key)?.schema ?? schema.items ?? anything;
}

export class ListKeyError extends Error {}

/** The path element of an item, which is its identity in the list. */
export function elementOf(schema: Schema, item: Json): string {
  if (schema.listType === 'set') return `v:${JSON.stringify(item)}`;
  const keys: Record_ = {};
  for (const key of [...(schema.mapKeys ?? [])].sort()) {
    const field = schema.items?.fields?.get(key);
    const value = isRecord(item) ? (item[key] ?? field?.default) : undefined;
    if (value !== undefined && value !== null) keys[key] = value;
  }
  if (Object.keys(keys).length === 0) {
    throw new ListKeyError(
      `associative list with keys has an element that omits key field ${JSON.stringify(schema.mapKeys?.[0])} (and doesn't have default value)`,
    );
  }
  return `k:${JSON.stringify(keys)}`;
}

/** All fields that the value sets. */
export function fieldsOf(schema: Schema, value: Json): FieldSet {
  const set = new FieldSet();
  collect(schema, value, set);
  return set;
}

function collect(schema: Schema, value: Json, set: FieldSet): void {
  switch (shape(schema, value)) {
    case 'leaf':
      set.member = true;
      return;
    case 'list':
      for (const item of Array.isArray(value) ? value : []) {
        const child = set.child(elementOf(schema, item));
        collect(schema.items ?? anything, item, child);
        child.member = true;
      }
      return;
    case 'map':
      if (!isRecord(value)) return;
      for (const key of Object.keys(value)) {
        const item = value[key];
        const child = set.child(`f:${key}`);
        collect(fieldSchema(schema, key), item, child);
        const empty = item === null || (isRecord(item) && Object.keys(item).length === 0);
        if (empty || !schema.fields?.has(key)) child.member = true;
        if (child.empty) set.children.delete(`f:${key}`);
      }
  }
}

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

export function isSame({ added, modified, removed }: Comparison): boolean {
  return added.empty && modified.empty && removed.empty;
}

/** How `right` differs from `left`. To Go's types a null is the same as nothing: `nullIsAbsent`. */
export function compare(schema: Schema, left: Json, right: Json, nullIsAbsent = false): Comparison {
  const result = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  compareValues(schema, left, right, result, nullIsAbsent);
  return result;
}

function compareValues(
  schema: Schema,
  left: Json,
  right: Json,
  { added, modified, removed }: Comparison,
  nullIsAbsent: boolean,
): void {
  if (nullIsAbsent && (left ?? null) === null && (right ?? null) === null) return;
  if (left === right && left !== undefined) return;
  const shaped = shape(schema, right === undefined || right === null ? left : right);
  const list = (value: Json): Json[] => (Array.isArray(value) ? value : []);
  const record = (value: Json): Record_ => (isRecord(value) ? value : {});
  const leaf =
    shaped === 'leaf' ||
    (shaped === 'list' && list(left).length === 0 && list(right).length === 0) ||
    (shaped === 'map' && Object.keys(record(left)).length === 0 && Object.keys(record(right)).length === 0);
  if (leaf) {
    if (left === undefined) added.member = true;
    else if (right === undefined) removed.member = true;
    else if (!same(left, right)) modified.member = true;
    return;
  }
  const descend = (element: string, inner: Schema, l: Json, r: Json): void => {
    const below = {
      added: added.children.get(element) ?? new FieldSet(),
      modified: modified.children.get(element) ?? new FieldSet(),
      removed: removed.children.get(element) ?? new FieldSet(),
    };
    // In a struct that was not there a null is a new field.
    compareValues(inner, l, r, below, nullIsAbsent && (left ?? null) !== null);
    if (!below.added.empty) added.children.set(element, below.added);
    if (!below.modified.empty) modified.children.set(element, below.modified);
    if (!below.removed.empty) removed.children.set(element, below.removed);
  };
  if (shaped === 'list') {
    const items = new Map<string, [Json, Json]>();
    for (const item of list(left)) items.set(elementOf(schema, item), [item, undefined]);
    for (const item of list(right)) {
      const element = elementOf(schema, item);
      items.set(element, [items.get(element)?.[0], item]);
    }
    for (const [element, [l, r]] of items) descend(element, schema.items ?? anything, l, r);
  } else {
    const l = record(left);
    const r = record(right);
    for (const key of new Set([...Object.keys(l), ...Object.keys(r)])) {
      descend(`f:${key}`, fieldSchema(schema, key), l[key], r[key]);
    }
  }
  if (left === undefined) added.member = true;
  else if (right === undefined) removed.member = true;
}

/** `right` laid over `left`: what right does not mention stays. */
export function merge(schema: Schema, left: Json, right: Json): Json {
  if (right === undefined) return left;
  if (left === undefined || left === null) return right;
  switch (shape(schema, right)) {
    case 'leaf':
      return right;
    case 'map': {
      if (!isRecord(right)) return right;
      if (!isRecord(left)) return right;
      const result: Record_ = { ...left };
      for (const key of Object.keys(right)) {
        result[key] = merge(fieldSchema(schema, key), left[key], right[key]);
      }
      return result;
    }
    case 'list':
      return mergeLists(schema, Array.isArray(left) ? left : [], Array.isArray(right) ? right : []);
  }
}

/** Keeps the order of both sides where they agree; where not, the right side's. */
function mergeLists(schema: Schema, left: Json[], right: Json[]): Json[] {
  const leftKeys = left.map((item) => elementOf(schema, item));
  const rightKeys = right.map((item) => elementOf(schema, item));
  const inLeft = new Map(leftKeys.map((key, index) => [key, left[index]]));
  const inRight = new Map(rightKeys.map((key, index) => [key, right[index]]));
  const shared = rightKeys.filter((key) => inLeft.has(key));
  let nextShared = shared.shift();
  const merged = new Set<string>();
  const out: Json[] = [];
  const item = (key: string): Json => merge(schema.items ?? anything, inLeft.get(key), inRight.get(key));
  for (let l = 0, r = 0; l < left.length || r < right.length; ) {
    if (l < left.length && r < right.length) {
      const key = leftKeys[l]!;
      if (key === rightKeys[r]) {
        merged.add(key);
        out.push(item(key));
        l++;
        r++;
        nextShared = shared.shift();
        continue;
      }
      if (inRight.has(key) && nextShared !== undefined && nextShared !== key) {
        l++;
        continue;
      }
    }
    if (l < left.length) {
      const key = leftKeys[l]!;
      if (!inRight.has(key)) {
        out.push(left[l]);
        l++;
        continue;
      }
      if (merged.has(key)) l++;
    }
    if (r < right.length) {
      const key = rightKeys[r]!;
      merged.add(key);
      out.push(item(key));
      r++;
      if (nextShared === key) nextShared = shared.shift();
    }
  }
  return out;
}

/** The value without the fields in `toRemove`. What becomes empty by that is null, as in the original. */
export function without(schema: Schema, value: Json, toRemove: FieldSet): Json {
  switch (shape(schema, value)) {
    case 'leaf':
      return value;
    case 'list': {
      if (!Array.isArray(value) || value.length === 0) return value;
      const items: Json[] = [];
      for (const item of value) {
        const below = toRemove.children.get(elementOf(schema, item));
        if (below?.member) continue;
        items.push(below && below.children.size > 0 ? without(schema.items ?? anything, item, below) : item);
      }
      return items.length > 0 ? items : null;
    }
    case 'map': {
      if (!isRecord(value) || Object.keys(value).length === 0) return value;
      const result: Record_ = {};
      for (const key of Object.keys(value)) {
        const below = toRemove.children.get(`f:${key}`);
        if (below?.member) continue;
        const item = below ? without(fieldSchema(schema, key), value[key], below) : value[key];
        result[key] = item;
      }
      return Object.keys(result).length > 0 ? result : null;
    }
  }
}

/** What Go's zero value of a type looks like on the wire: structs are there, lists that must be are null. */
export function emptyOf(schema: Schema): Record_ {
  const known = empties.get(schema);
  if (known) return known;
  const result: Record_ = {};
  for (const [key, field] of schema.fields ?? []) {
    if (field.alwaysThere) result[key] = emptyOf(field.schema);
    else if (ZERO.includes(field.default)) result[key] = field.default;
    else if (field.required && (field.schema.type !== 'object' || field.schema.goType !== undefined))
      result[key] = null;
  }
  empties.set(schema, result);
  return result;
}

const ZERO: readonly unknown[] = ['', 0, false];

const empties = new WeakMap<Schema, Record_>();

/** What is wrong with a value by its schema, in structured-merge-diff's words; undefined when nothing is. */
export function typeProblem(schema: Schema, value: Json, path = ''): string | undefined {
  if (value === null || value === undefined) return undefined;
  const expected = (type: string, found: string): string =>
    `${path === '' ? '' : `${path}: `}expected ${type}, got ${found}`;
  switch (schema.type) {
    case 'object':
    case 'map': {
      if (!isRecord(value)) return expected('map', `&{${goValue(value)}}`);
      for (const key of Object.keys(value)) {
        if (schema.type === 'object' && !schema.open && !schema.fields?.has(key)) {
          return `${path}.${key}: field not declared in schema`;
        }
        const problem = typeProblem(fieldSchema(schema, key), value[key], `${path}.${key}`);
        if (problem) return problem;
      }
      return undefined;
    }
    case 'list': {
      if (!Array.isArray(value)) return expected('list', `&{${goValue(value)}}`);
      const granular = schema.listType === 'map' || schema.listType === 'set';
      const seen = new Set<string>();
      for (const [index, item] of value.entries()) {
        let at = `${path}[${index}]`;
        if (granular) {
          let element: string;
          try {
            element = elementOf(schema, item);
          } catch (error) {
            if (error instanceof ListKeyError) return `${path}: element ${index}: ${error.message}`;
            throw error;
          }
          at = [...new FieldSet().insert(element).paths(path)][0] ?? at;
          if (seen.has(element)) return `${path}: duplicate entries for key ${at.slice(path.length)}`;
          seen.add(element);
        }
        const problem = typeProblem(schema.items ?? anything, item, at);
        if (problem) return problem;
      }
      return undefined;
    }
    case 'string':
      return typeof value === 'string' || schema.format === 'quantity'
        ? undefined
        : expected('string', `&value.valueUnstructured{Value:${goSyntax(value)}}`);
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : expected('numeric (int or float)', goTypeName(value));
    case 'boolean':
      return typeof value === 'boolean' ? undefined : expected('boolean', `&{${goValue(value)}}`);
    default:
      return undefined;
  }
}

/** As Go prints it with %v. */
function goValue(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isRecord(value)) return String(value);
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goValue(value[key])}`)
    .join(' ')}]`;
}

/** As Go prints it with %#v. */
function goSyntax(value: Json): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isRecord(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `map[string]interface {}{${fields.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`).join(', ')}}`;
}

function goTypeName(value: Json): string {
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return '[]interface {}';
  return isRecord(value) ? 'map[string]interface {}' : typeof value;
}
