/** Metadata as the operator keeps it. */
export type Metadata = Record<string, unknown>;

/** As Go writes it: sorted keys, `<`, `>`, `&` and the line separators as escapes, no lone surrogates. */
export function toGoJson(value: unknown): string {
  return JSON.stringify(value, (_key, each) =>
    isMetadata(each)
      ? Object.fromEntries(
          Object.entries(each)
            .map(([key, inner]) => [key.toWellFormed(), inner] as const)
            .sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : typeof each === 'string'
        ? each.toWellFormed()
        : each,
  ).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What the operator reads in an answer: `{}` for an empty body and for null, undefined where it is no object. */
export function fromGoJson(text: string): Metadata | undefined {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return {};
    return isMetadata(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isMetadata(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
