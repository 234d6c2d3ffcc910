import type { KubeObject } from '../object.ts';

/** On a label or an annotation: never put to sleep, unless its value is `false`. */
export const EXCLUDE = 'forkspacer.com/exclude';
/** On an annotation: not put to sleep until that time (RFC 3339). */
export const EXCLUDE_UNTIL = 'forkspacer.com/exclude-until';

/** Why the object is left out of a sleep; undefined when it is not. A wake gives back whatever sleeps. */
export function exclusionOf({ metadata }: KubeObject, now = Date.now()): string | undefined {
  for (const [where, value] of [
    ['label', metadata.labels?.[EXCLUDE]],
    ['annotation', metadata.annotations?.[EXCLUDE]],
  ]) {
    if (value !== undefined && value !== 'false') return `left out by its ${where} ${EXCLUDE}`;
  }
  const until = metadata.annotations?.[EXCLUDE_UNTIL];
  if (until === undefined) return undefined;
  const time = Date.parse(until);
  // Left out in doubt: who wrote it wanted it to run.
  if (Number.isNaN(time)) {
    return `left out: ${EXCLUDE_UNTIL}: expected a time such as 2026-11-30T08:00:00Z, found ${JSON.stringify(until)}`;
  }
  return time > now ? `left out until ${until}` : undefined;
}
