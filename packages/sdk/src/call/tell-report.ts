import type { Report } from '@forkspacer/kube';
import type { HeldAnchor } from '../anchor/held.ts';
import { announce, type Scope } from './scope.ts';

/**
 * One Event for a call that parked or restored, beside its anchor: how many of each. What became of each object is in
 * the log, and an Event of its own tells of each that failed or drifted.
 */
export async function tellReport(scope: Scope, held: HeldAnchor, { items }: Report): Promise<void> {
  const counts = new Map<string, number>();
  for (const { outcome } of items) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const told = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  const { verb } = scope.call;
  await announce(scope, held.content, {
    reason: verb === 'sleep' ? 'Slept' : 'Woke',
    note: `${verb}: ${told || 'nothing to do'}`,
    type: counts.has('failed') || counts.has('drifted') ? 'Warning' : 'Normal',
  });
}
