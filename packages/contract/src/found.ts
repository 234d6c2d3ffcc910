const SHOWN_CHARACTERS = 60;
const ITEMS_SHOWN = 5;

/** How a value that was not expected is shown: one line, at most about 60 characters of it, whatever it is. */
export function found(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return quoted(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return listed(value);
      return 'an object';
    default:
      return `a ${typeof value}`;
  }
}

/** The same for a secret: its type only. */
export function foundSecret(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty string' : 'a string (not shown)';
    case 'number':
    case 'boolean':
      return `a ${typeof value} (not shown)`;
    default:
      return Array.isArray(value) ? `a list of ${value.length}` : found(value);
  }
}

/** A plain JSON object: no list, no null, no class instance. */
export function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** An own property, so that `__proto__` and `constructor` are never taken for input. */
export function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}

function listed(items: readonly unknown[]): string {
  const plain =
    items.length <= ITEMS_SHOWN && items.every((item) => typeof item !== 'object' || item === null);
  return plain ? `[${items.map(found).join(', ')}]` : `a list of ${items.length}`;
}

function quoted(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? text.slice(0, SHOWN_CHARACTERS).toWellFormed() : text;
  const line = JSON.stringify(shown).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
  return shown === text ? line : `${line}… (${text.length} characters)`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
