import { METADATA_LIMIT } from '@forkspacer/contract';
import type { Report } from '@forkspacer/kube';
import { nameOf } from '@forkspacer/kube';
import type { Log, Metadata } from '../define-module.ts';
import { ModuleError } from '../module-error.ts';
import type { OWN_KEYS } from './foreign.ts';
import type { Secrets } from './secrets.ts';

/** Objects that a report in metadata names; the log has all of them. */
const NAMED = 20;

/** What metadata keeps of a report: how many of each, and who was not simply done. */
export function shortened(report: Report): Record<string, unknown> {
  const counts: Record<string, number> = {};
  const notable: string[] = [];
  for (const { object, outcome, reason } of report.items) {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (outcome === 'parked' || outcome === 'restored') continue;
    if (notable.length < NAMED) notable.push(`${nameOf(object)}: ${outcome}${reason ? `, ${reason}` : ''}`);
  }
  return { ...counts, ...(notable.length > 0 ? { notable } : {}) };
}

/**
 * The metadata to answer: what came, what the verb wants to be remembered, and whose it is.
 *
 * @throws ModuleError when it would not fit where the operator keeps it, which it would lose without a word
 */
export function keep(
  came: Metadata,
  result: Record<string, unknown>,
  own: Record<(typeof OWN_KEYS)[number], string>,
  { secrets, log }: { secrets: Secrets; log: Log },
): Metadata {
  const added: Metadata = {};
  for (const [key, value] of Object.entries(result)) {
    // As JSON has it: no undefined, no dates, no class instances.
    const json = JSON.stringify(value);
    if (json === undefined) continue;
    const safe = secrets.redact(json);
    if (safe !== json) log.warn({ key }, 'a secret was kept out of the metadata');
    added[key] = parsed(safe);
  }
  const metadata = { ...came, ...added, ...own };
  checkSize(metadata);
  return metadata;
}

/** @throws ModuleError naming the largest keys */
export function checkSize(metadata: Metadata): void {
  const size = storedSize(metadata);
  if (size <= METADATA_LIMIT) return;
  const largest = Object.entries(metadata)
    .map(([key, value]) => [key, storedSize(value)] as const)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([key, bytes]) => `${JSON.stringify(key.slice(0, 40))} ${bytes}`);
  throw new ModuleError({
    expected: `metadata of at most ${METADATA_LIMIT} bytes, the most that is kept`,
    found: `${size} (${largest.join(', ')})`,
  });
}

/** Bytes as Go writes them: `<`, `>` and `&` take six, and so do the line separators that JavaScript leaves alone. */
function storedSize(value: unknown): number {
  const json = JSON.stringify(value) ?? '';
  const escaped = json.match(/[<>&]/g)?.length ?? 0;
  const separators = json.match(/[\u2028\u2029]/g)?.length ?? 0;
  return Buffer.byteLength(json) + 5 * escaped + 3 * separators;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A short secret was a number or a part of the JSON itself.
    return '[redacted]';
  }
}
