import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { type KubeObject, nameOf, type ObjectRef } from './object.ts';
import { readMarks } from './parking/baseline.ts';
import { type Edit, mergePatch } from './parking/fields.ts';
import { type Decided, insist } from './parking/insist.ts';
import type { Wishes } from './parking/kinds/kind.ts';
import { isSeen } from './parking/kinds/replicas.ts';
import {
  isDone,
  type Morning,
  morningOf,
  type ToWake,
  toGiveBack,
  toWake,
  type Write,
} from './parking/lift.ts';
import type { Report, ReportItem } from './parking/report.ts';
import { itemOf, notSeen, told } from './parking/results.ts';
import { inSteps, type StepOptions, stepsOf } from './parking/steps.ts';
import { type Candidate, type Found, readTargets, type Target } from './parking/targets.ts';
import { patch } from './patch.ts';

export interface WakeOptions extends StepOptions {
  /**
   * For the last time: only what this handle's instance (its field manager, where there is none) put to sleep is woken;
   * a named object that is not there is skipped and does not fail; and what controllers copied because of the night is
   * taken away too.
   */
  leaving?: boolean;
  /** Runs that CronJobs missed while they slept are forgotten (`skip`, the default), or made up for by one. */
  cronJobs?: Wishes['cronJobs'];
  /**
   * What was put to sleep, as the caller remembers it: what lost its label meanwhile is woken too, and what is gone is
   * reported as drifted.
   */
  expected?: readonly ObjectRef[];
}

/**
 * Gives back what `sleep` took: the fields, the annotations and the field ownership, and waits until the controllers
 * have seen it (readiness: see `wait`). A count goes back within the present limits of an autoscaler.
 *
 * Left as it is: what its owner keeps at rest (skipped), and what someone changed while it slept (drifted; only our
 * marks are taken off).
 *
 * @throws ParkingError when some failed, after all others were done; it holds the report
 */
export async function wake(kube: Kube, target: Target, options: WakeOptions = {}): Promise<Report> {
  const { candidates, autoscalers, unseen, gone } = await readMorning(kube, target, options);
  const { leaving = false, cronJobs = 'skip' } = options;
  const wishes: Wishes = { cronJobs, jobs: 'finish', allowClaimDeletion: false };
  const morning = morningOf(candidates, autoscalers, leaving);
  const steps = stepsOf(candidates, options.order).reverse();
  const ready = new Set<Candidate>();
  const results = await inSteps(
    kube,
    steps,
    {
      async act(candidate) {
        const decided = await lift(kube, candidate, morning, wishes);
        if (decided.ready) ready.add(candidate);
        return decided;
      },
      awaits(candidate, { item }, isLast) {
        // The others only set controllers going again.
        if (item.outcome !== 'restored' || candidate.kind.turn !== 'workload') return undefined;
        if (!ready.has(candidate) || (isLast && options.wait !== 'ready')) {
          return { done: isSeen, describe: 'its controller to see the change' };
        }
        const done = (object: KubeObject) => isSeen(object) && candidate.kind.isReady(object);
        return { done, describe: 'it to be ready' };
      },
    },
    options,
  );
  if (options.wait !== 'none') await sweep(kube, candidates, results, leaving);
  return told(kube, 'wake', { candidates, results, unseen, gone });
}

/** What a wake would do, by the objects as they are; nothing is written. */
export async function planWake(kube: Kube, target: Target, options: WakeOptions = {}): Promise<Report> {
  const { candidates, autoscalers, unseen, gone } = await readMorning(kube, target, options);
  const morning = morningOf(candidates, autoscalers, options.leaving ?? false);
  const results = new Map(
    candidates.map((each) => {
      const { kind, ref, object } = each;
      return [each, object ? toWake(kube, kind, ref, object, morning) : { item: absent(ref, morning) }];
    }),
  );
  const items = stepsOf(candidates, options.order)
    .reverse()
    .flat()
    .map((each) => itemOf(each, results));
  return { items: [...items, ...gone, ...unseen.map(notSeen)] };
}

function absent(ref: ObjectRef, { leaving }: Morning): ReportItem {
  return leaving
    ? { object: ref, outcome: 'skipped', reason: 'not found' }
    : { object: ref, outcome: 'failed', reason: `${nameOf(ref)}: not found` };
}

/** The targets, with those that are remembered and that the selection does not find any more. */
async function readMorning(
  kube: Kube,
  target: Target,
  { expected = [] }: WakeOptions,
): Promise<Found & { gone: ReportItem[] }> {
  const found = await readTargets(kube, target);
  const keys = new Set(found.candidates.map(({ ref }) => nameOf(ref)));
  const missing = expected
    .map((ref) => ({ ...ref, namespace: ref.namespace ?? target.namespace }))
    .filter((ref) => !keys.has(nameOf(ref)));
  if (missing.length === 0) return { ...found, gone: [] };
  const others = (await Promise.all(missing.map((ref) => readStrayed(kube, target, ref)))).flat();
  const gone = missing.filter(
    (ref) => !others.some((other) => other.object && nameOf(other.ref) === nameOf(ref)),
  );
  return {
    ...found,
    candidates: [...found.candidates, ...others.filter(({ object }) => object && readMarks(object).any)],
    gone: gone.map((ref) => {
      return { object: ref, outcome: 'drifted', reason: `${nameOf(ref)} was deleted while it slept` };
    }),
  };
}

async function readStrayed(kube: Kube, target: Target, ref: ObjectRef): Promise<Candidate[]> {
  try {
    return (await readTargets(kube, { ...target, objects: [ref] })).candidates;
  } catch (error) {
    // Its definition is gone, and it with that.
    if (error instanceof KubeError && error.reason === 'BadKind') return [];
    throw error;
  }
}

/** Gives everything back: in one write or in two, see ownership.ts. */
async function lift(
  kube: Kube,
  { kind, ref, object: known }: Candidate,
  morning: Morning,
  wishes: Wishes,
): Promise<Decided & { ready?: boolean }> {
  if (!known) return { item: absent(ref, morning) };
  // Set when a write was sent: should its answer be lost, what it did is still our doing.
  let sent: ToWake | undefined;
  const first = await insist(kube, ref, known, async (there): Promise<Decided> => {
    let object = there;
    let wanted = toWake(kube, kind, ref, object, morning);
    if (sent && isDone(kind, object, sent.item)) return { item: sent.item, object };
    if (wanted.write && wanted.item.outcome === 'restored') {
      if (kind.beforeWake) {
        object = await kind.beforeWake(kube, ref, object, wishes);
        wanted = toWake(kube, kind, ref, object, morning);
      }
      sent = wanted;
    } else if (wanted.item.outcome === 'restored') sent ??= wanted;
    return {
      item: wanted.item,
      object: wanted.write ? await write(kube, ref, object, wanted.write) : object,
    };
  });
  const { item } = first;
  if (item.outcome !== 'restored') return first;
  // It follows the first at once: the controller's own writes come a few ms later and would make it a conflict.
  const second = await insist(kube, ref, first.object, async (object) => {
    const back = toGiveBack(kind, object);
    return { item, object: back ? await write(kube, ref, object, back) : object };
  });
  return { ...second, ready: sent?.ready ?? false };
}

function write(
  kube: Kube,
  ref: ObjectRef,
  object: KubeObject,
  { edits, managedFields, fieldManager }: Write,
) {
  const { resourceVersion } = object.metadata;
  const also: Edit[] = [{ path: ['metadata', 'resourceVersion'], value: resourceVersion }];
  if (managedFields) also.push({ path: ['metadata', 'managedFields'], value: managedFields });
  const body = mergePatch(object, [...edits, ...also]);
  return patch(kube, ref, body, { type: 'merge', ...(fieldManager !== undefined && { fieldManager }) });
}

/** What controllers left of the night, also of one whose wake was cut off here. */
async function sweep(
  kube: Kube,
  candidates: Candidate[],
  results: Map<Candidate, Decided>,
  leaving: boolean,
): Promise<void> {
  const awake = candidates
    .filter(({ kind }) => kind.sweep)
    .flatMap((each) => {
      const { item, object } = results.get(each) ?? {};
      return object && item?.outcome !== 'failed' ? [{ kind: each.kind, object }] : [];
    });
  const groups = Map.groupBy(awake, ({ kind, object }) => `${kind.kind}/${object.metadata.namespace}`);
  for (const group of groups.values()) {
    await group[0]?.kind.sweep?.(
      kube,
      group.map(({ object }) => object),
      leaving,
    );
  }
}
