import type { Json } from './client.ts';
import type { Entry } from './story.ts';

/** One field that two runs of a story do not share. */
export interface Difference {
  /** `<entry number> <step> <path of the field>`, such as `2 GET /api/... body.metadata.generation`. */
  at: string;
  expected: unknown;
  found: unknown;
}

export function compare(expected: Entry[], found: Entry[]): Difference[] {
  const differences: Difference[] = [];
  const count = Math.max(expected.length, found.length);
  for (let index = 0; index < count; index++) {
    const step = (expected[index] ?? found[index])!.step;
    fields(expected[index], found[index], `${index + 1} ${step} `, '', differences);
  }
  return differences;
}

function fields(expected: Json, found: Json, place: string, path: string, into: Difference[]) {
  if (Object.is(expected, found)) return;
  const both = isHolder(expected) && isHolder(found) && Array.isArray(expected) === Array.isArray(found);
  if (!both) {
    into.push({ at: place + path, expected, found });
    return;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const inner = Array.isArray(expected) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    fields(expected[key], found[key], place, inner, into);
  }
}

function isHolder(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

/** `expected 3, found nothing`, one line a difference. */
export function tell(differences: Difference[]): string {
  const short = (value: unknown) => {
    const text = value === undefined ? 'nothing' : JSON.stringify(value);
    return text.length > 600 ? `${text.slice(0, 600)}...` : text;
  };
  return differences
    .map(({ at, expected, found }) => `${at}\n    expected ${short(expected)}\n    found    ${short(found)}`)
    .join('\n');
}
