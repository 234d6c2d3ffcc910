const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a duration such as `90s`, `5m` or `1m30s`, as Go writes them.
 *
 * @throws Error when the text is no positive duration.
 */
export function milliseconds(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0);
  if (parts.map(([part]) => part).join('') !== text || total <= 0) {
    throw new Error(`expected a duration such as 90s, 5m or 1m30s, found "${text}"`);
  }
  return total;
}
