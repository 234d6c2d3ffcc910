import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../object.ts';

/** The keys that lead to a field of an object. */
export type Path = readonly string[];

/** A field and what it is to be; undefined takes it away. */
export interface Edit {
  path: Path;
  value: unknown;
}

type Plain = Record<string, unknown>;

/** RFC 6901: `/metadata/annotations/cnpg.io~1hibernation`. */
export function pointerOf(path: Path): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function valueAt(object: unknown, path: Path): unknown {
  let at = object;
  for (const key of path) at = isPlain(at) ? at[key] : undefined;
  return at ?? undefined;
}

/** Equal as JSON is; what is not there equals null. */
export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one ?? null, other ?? null);
}

/** The merge patch that makes the edits. An annotation or label map that becomes empty goes as a whole. */
export function mergePatch(object: KubeObject, edits: readonly Edit[]): Plain {
  const body: Plain = {};
  for (const { path, value } of edits) {
    let at = body;
    for (const key of path.slice(0, -1)) {
      at[key] = at[key] ?? {};
      at = at[key] as Plain;
    }
    at[path.at(-1) as string] = difference(valueAt(object, path), value);
  }
  const metadata = body.metadata as Plain | undefined;
  for (const map of ['annotations', 'labels']) {
    const changes = metadata?.[map];
    if (!metadata || !isPlain(changes)) continue;
    const left = { ...(object.metadata[map] as Plain | undefined), ...changes };
    if (Object.values(left).every((value) => value === null)) metadata[map] = null;
  }
  return body;
}

/** A merge patch merges objects: what is to go from one has to be named. */
function difference(from: unknown, to: unknown): unknown {
  if (to === undefined) return null;
  if (!isPlain(from) || !isPlain(to)) return to;
  const result: Plain = {};
  for (const key of Object.keys(from)) if (to[key] === undefined) result[key] = null;
  for (const [key, value] of Object.entries(to)) result[key] = difference(from[key], value);
  return result;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
