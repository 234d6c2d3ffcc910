import { isDeepStrictEqual } from 'node:util';
import type { ClusterObject } from './objects.ts';

/** What is there, by path: `/api/v1/namespaces/shop/configmaps/web`. */
export type Snapshot = Map<string, ClusterObject>;

/**
 * What differs between two states, one line each. Only what an object is for counts (spec, data, rules and the like):
 * metadata, status, and whatever is a time or a uid differ between two lives that are the same.
 */
export function differences(expected: Snapshot, found: Snapshot): string[] {
  const lines: string[] = [];
  for (const path of new Set([...expected.keys(), ...found.keys()])) {
    const [before, after] = [expected.get(path), found.get(path)];
    const name = titleOf(path);
    if (!after) lines.push(`${name} is gone`);
    else if (!before) lines.push(`${name} is there`);
    else lines.push(...fieldDifferences(name, substance(before), substance(after)));
  }
  return lines;
}

/** `configmaps shop/web` */
export function titleOf(path: string): string {
  const parts = path.split('/');
  const at = parts.indexOf('namespaces');
  const [name, plural] = [parts.at(-1), parts.at(-2)];
  return at > 0 && parts.length > at + 3 ? `${plural} ${parts[at + 1]}/${name}` : `${plural} ${name}`;
}

function substance({
  metadata: _,
  status: __,
  apiVersion: ___,
  kind: ____,
  ...rest
}: ClusterObject): unknown {
  return JSON.parse(
    JSON.stringify(rest)
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>')
      .replace(/\b\d{8}T\d{6,9}Z/g, '<time>')
      .replace(/(?<=")1\d{9}(\d{3})?(\.\d+)?(?=")/g, '<time>')
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>'),
  );
}

function fieldDifferences(path: string, expected: unknown, found: unknown): string[] {
  if (isDeepStrictEqual(expected, found)) return [];
  if (isObject(expected) && isObject(found)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...keys].flatMap((key) => fieldDifferences(`${path} .${key}`, expected[key], found[key]));
  }
  return [`${path} was ${briefly(expected)} and is ${briefly(found)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function briefly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
