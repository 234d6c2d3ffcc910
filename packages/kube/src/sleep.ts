import type { Kube } from './connect.ts';
import { type KubeObject, nameOf } from './object.ts';
import { newNight } from './parking/baseline.ts';
import { mergePatch } from './parking/fields.ts';
import { type Decided, insist } from './parking/insist.ts';
import type { Wishes } from './parking/kinds/kind.ts';
import { toSleep } from './parking/park.ts';
import type { Report, ReportItem } from './parking/report.ts';
import { itemOf, notSeen, told } from './parking/results.ts';
import { inSteps, type StepOptions, stepsOf } from './parking/steps.ts';
import { type Candidate, type Found, keyOf, readTargets, type Target } from './parking/targets.ts';
import { patch } from './patch.ts';

export interface SleepOptions extends StepOptions {
  /** Jobs that run: they run to their end (the default), or are suspended, lose their Pods and begin anew. */
  jobs?: Wishes['jobs'];
  /**
   * Parks StatefulSets whose claims are deleted with their Pods (`persistentVolumeClaimRetentionPolicy.whenScaled:
   * Delete`), which deletes their data. They are refused unless told.
   */
  allowClaimDeletion?: boolean;
}

/**
 * Puts what runs in a namespace to sleep and waits until it rests. What was there is kept on each object itself, in the
 * same write; a second sleep, or one after a crash, finds it and leaves it. Which kinds, and how: parking/kinds.
 *
 * Left alone, and reported as skipped: what rests already by its owner, what a controller owns, what is left out by
 * label, annotation or time (parking/exclusion.ts).
 *
 * @throws ParkingError when some failed, after all others were done; it holds the report
 */
export async function sleep(kube: Kube, target: Target, options: SleepOptions = {}): Promise<Report> {
  const night = newNight();
  const wishes = wishesOf(options);
  const found = await readTargets(kube, target);
  const candidates = withoutIdle(kube, found, night, wishes);
  const results = await inSteps(
    kube,
    stepsOf(candidates, options.order),
    {
      act: (candidate) => park(kube, candidate, night, wishes),
      awaits: ({ kind }, { item }) =>
        item.outcome === 'parked'
          ? { done: kind.isAsleep, describe: kind.awaits ?? 'it to rest' }
          : undefined,
    },
    options,
  );
  return told(kube, 'sleep', { candidates, results, unseen: found.unseen });
}

/** What a sleep would do, by the objects as they are; nothing is written. */
export async function planSleep(kube: Kube, target: Target, options: SleepOptions = {}): Promise<Report> {
  const night = newNight();
  const wishes = wishesOf(options);
  const found = await readTargets(kube, target);
  const candidates = withoutIdle(kube, found, night, wishes);
  const results = new Map(candidates.map((each) => [each, { item: decide(kube, each, night, wishes) }]));
  const items = stepsOf(candidates, options.order).flatMap((step) =>
    step.map((each) => itemOf(each, results)),
  );
  return { items: [...items, ...found.unseen.map(notSeen)] };
}

function wishesOf({ jobs = 'finish', allowClaimDeletion = false }: SleepOptions): Wishes {
  return { cronJobs: 'skip', jobs, allowClaimDeletion };
}

function decide(kube: Kube, { kind, ref, object }: Candidate, night: string, wishes: Wishes): ReportItem {
  if (!object) return { object: ref, outcome: 'failed', reason: `${nameOf(ref)}: not found` };
  return toSleep(kube, kind, ref, object, night, wishes).item;
}

/** An autoscaler is paused only where its target goes to sleep, or rests. */
function withoutIdle(kube: Kube, found: Found, night: string, wishes: Wishes): Candidate[] {
  const awake = new Set<string>();
  for (const each of found.candidates) {
    if (each.kind.targetOf || !each.object) continue;
    const { rests } = toSleep(kube, each.kind, each.ref, each.object, night, wishes);
    if (!rests) awake.add(keyOf({ ...each.ref, group: each.kind.group }));
  }
  return found.candidates.filter(({ kind, object, ref }) => {
    const target = object && kind.targetOf?.(object);
    return !target || !awake.has(keyOf({ ...target, namespace: ref.namespace }));
  });
}

function park(kube: Kube, candidate: Candidate, night: string, wishes: Wishes): Promise<Decided> {
  const { kind, ref } = candidate;
  return insist(kube, ref, candidate.object, async (object) => {
    const { item, edits } = toSleep(kube, kind, ref, object, night, wishes);
    if (!edits) return { item, ...(item.outcome === 'parked' && { object }) };
    const body = mergePatch(object, [...edits, versionOf(object)]);
    return { item, object: await patch(kube, ref, body, { type: 'merge' }) };
  });
}

function versionOf({ metadata }: KubeObject) {
  return { path: ['metadata', 'resourceVersion'], value: metadata.resourceVersion };
}
