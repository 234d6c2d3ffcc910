/** Strategic merge patch: a merge patch that knows from the schema which lists are merged, and by which key. */

import type { Field, Schema } from '../schemas/schema.ts';
import { badRequest, StatusError } from '../status.ts';
import { same } from '../store/freeze.ts';

type Record_ = Record<string, unknown>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';
const ELEMENT_ORDER = '$setElementOrder/';

/** Returns the patched document; `document` itself stays as it is, and shares what was not patched. */
export function strategicMergePatch(schema: Schema, document: Record_, patch: Record_): Record_ {
  return mergeMaps(schema, document, patch);
}

function mergeMaps(schema: Schema | undefined, original: Record_, patch: Record_): Record_ {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') {
    const { [DIRECTIVE]: _, ...rest } = patch;
    return withoutNulls(rest) as Record_;
  }
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`Unknown directive: ${String(directive)}`);
  }
  const result: Record_ = { ...original };
  const retained = patch[RETAIN_KEYS];
  if (Array.isArray(retained))
    for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];

  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(ELEMENT_ORDER)) continue;
    if (key.startsWith(DELETE_PRIMITIVES)) {
      const name = key.slice(DELETE_PRIMITIVES.length);
      const gone = Array.isArray(value) ? value : [];
      const list = result[name];
      if (Array.isArray(list)) result[name] = list.filter((item) => !gone.includes(item));
      continue;
    }
    if (value === null) {
      delete result[key];
      continue;
    }
    const field = schema?.fields?.get(key);
    const inner = field?.schema ?? (schema?.type === 'map' ? schema.items : undefined);
    const before = result[key];
    if (isRecord(value)) {
      const replaced = field?.patchStrategy?.includes('replace');
      result[key] =
        isRecord(before) && !replaced ? mergeMaps(inner, before, value) : mergeMaps(inner, {}, value);
    } else if (Array.isArray(value)) {
      result[key] =
        field?.patchStrategy?.includes('merge') === true
          ? mergeLists(field, Array.isArray(before) ? before : [], value, patch[ELEMENT_ORDER + key])
          : withoutNulls(value);
    } else result[key] = value;
  }
  // An order that comes without the list itself still sorts what is there.
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(ELEMENT_ORDER)) continue;
    const name = key.slice(ELEMENT_ORDER.length);
    const field = schema?.fields?.get(name);
    const list = result[name];
    if (field && Array.isArray(list)) result[name] = ordered(field, list, original[name], patch[key]);
  }
  return result;
}

function mergeLists(field: Field, original: unknown[], patch: unknown[], order: unknown): unknown[] {
  const { patchMergeKey: mergeKey, schema } = field;
  if (mergeKey === undefined) {
    const result = [...original];
    for (const item of patch) if (!result.some((known) => same(known, item))) result.push(item);
    return ordered(field, result, original, order ?? patch);
  }
  let result = [...original];
  const items = patch.filter(isRecord);
  if (items.some((item) => item[DIRECTIVE] === 'replace' && Object.keys(item).length === 1)) {
    return items.filter((item) => item[DIRECTIVE] !== 'replace').map((item) => withoutNulls(item));
  }
  for (const item of items) {
    const id = item[mergeKey];
    if (id === undefined) {
      throw new StatusError(
        500,
        undefined,
        `map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`,
      );
    }
    const at = result.findIndex((known) => isRecord(known) && known[mergeKey] === id);
    if (item[DIRECTIVE] === 'delete') {
      result = result.filter((known) => !(isRecord(known) && known[mergeKey] === id));
    } else if (at >= 0) {
      result[at] = mergeMaps(schema.items, result[at] as Record_, item);
    } else {
      result.push(mergeMaps(schema.items, {}, item));
    }
  }
  return ordered(field, result, original, order ?? items);
}

/**
 * Items of the patch in the order of `order` (the patch's own when it names none); between them those that only the
 * server has, each before the first that it stood in front of.
 */
function ordered(field: Field, items: unknown[], original: unknown, order: unknown): unknown[] {
  if (!Array.isArray(order)) return items;
  const { patchMergeKey: mergeKey } = field;
  const id = (item: unknown): unknown => (mergeKey !== undefined && isRecord(item) ? item[mergeKey] : item);
  const wanted = order.map(id);
  const patched = wanted.flatMap((key) => items.filter((item) => same(id(item), key)));
  const before = Array.isArray(original) ? original.map(id) : [];
  const place = (item: unknown): number => before.findIndex((key) => same(key, id(item)));
  const others = items.filter((item) => !wanted.some((key) => same(key, id(item))));
  others.sort((a, b) => place(a) - place(b));
  const result: unknown[] = [];
  let next = 0;
  for (const item of patched) {
    const at = place(item);
    while (next < others.length && at >= 0 && place(others[next]) >= 0 && place(others[next]) < at) {
      result.push(others[next++]);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => item !== null && key !== DIRECTIVE)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function goMap(value: Record_): string {
  return `map[${Object.entries(value)
    .map(([key, item]) => `${key}:${isRecord(item) ? goMap(item) : String(item)}`)
    .sort()
    .join(' ')}]`;
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
