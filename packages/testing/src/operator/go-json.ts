import type { Metadata } from '@forkspacer/sdk';

/**
 * Metadata as Go's encoding/json writes a `map[string]any`: keys sorted, `<`, `>`, `&` and the line separators as
 * six-byte escapes, numbers through float64, lone surrogates as U+FFFD.
 */
export function toGoJson(metadata: Metadata): string {
  return JSON.stringify(metadata, (_key, value) =>
    isPlain(value) ? sorted(value) : wellFormed(value),
  ).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What Go keeps of an answer's body: undefined when it is no JSON object. */
export function fromGoJson(text: string): Metadata | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, each) => wellFormed(each));
  } catch {
    return undefined;
  }
  return isPlain(value) ? value : undefined;
}

function sorted(value: Metadata): Metadata {
  const entries = Object.entries(value).map(([key, each]) => [key.toWellFormed(), each] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function wellFormed(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function isPlain(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
