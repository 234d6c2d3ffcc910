/** Freezes a JSON value to its leaves. What is frozen already is taken to be frozen throughout. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) for (const item of value) freeze(item);
  else for (const key in value) freeze(value[key]);
  return Object.freeze(value);
}

const PLAIN = { enumerable: true, configurable: true, writable: true };

/** A copy of a JSON value that may be changed. Several times faster than structuredClone for plain JSON. */
export function clone<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clone) as T;
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    // Assigned, this one would become the copy's prototype. It is a valid key of a ConfigMap.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: clone(value[key]), ...PLAIN });
    else copy[key] = clone(value[key]);
  }
  return copy as T;
}

/** Whether two JSON values are the same; the order of keys does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}
