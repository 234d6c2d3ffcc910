import type { KubeObject } from '../object.ts';

/** A part of an object: what the schema of its kind says, which decoding has made sure of. */
export type Fields = KubeObject['spec'];

/** Equal as JSON, whatever the order of keys. */
export function sameFields(a: Fields, b: Fields): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  const others = Object.keys(b).filter((key) => b[key] !== undefined);
  return keys.length === others.length && keys.every((key) => sameFields(a[key], b[key]));
}
