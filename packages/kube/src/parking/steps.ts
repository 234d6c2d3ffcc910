import type { Kube } from '../connect.ts';
import { type KubeObject, nameOf, type ObjectRef } from '../object.ts';
import { bounded } from './bounded.ts';
import type { Decided } from './insist.ts';
import type { Turn } from './kinds/kind.ts';
import type { ReportItem } from './report.ts';
import { type Pending, settle } from './settle.ts';
import type { Candidate } from './targets.ts';

/** On an object: an integer, 0 unless told. Sleep goes down the steps, wake goes up. */
export const SLEEP_ORDER = 'forkspacer.com/sleep-order';

/** Objects written at the same time. */
const WIDTH = 16;
const TIME_LIMIT = 180_000;
/** ms. A controller that runs looks at a change within fractions of a second. */
const PATIENCE = 5_000;
/** Last to wake, first to sleep; see Turn. */
const TURNS: Record<Turn, number> = { workload: 0, autoscaler: 1, reconciler: 2 };

export interface StepOptions {
  /** ms to wait in one step; three minutes unless told. The handle's deadline ends it earlier. */
  timeLimit?: number;
  /**
   * `steps` (the default): a sleep waits for everything to come to rest; a wake waits for its controllers to see the
   * change, and between two steps for readiness. `ready`: a wake waits for readiness at its end, too. `none`: nothing
   * is waited for, in no step.
   *
   * Readiness is waited for only where it was there in the evening: what was not ready then, as everything on a cluster
   * without nodes, is not expected to be so in the morning.
   */
  wait?: 'steps' | 'ready' | 'none';
  /** The step of an object, in place of its annotation `forkspacer.com/sleep-order`. */
  order?: (object: KubeObject) => number;
  /** Hears what is not there yet. */
  onProgress?: (left: ObjectRef[]) => void;
}

/** The steps of a sleep, the first one first; a wake takes them in reverse. */
export function stepsOf(candidates: Candidate[], order: StepOptions['order']): Candidate[][] {
  const steps = new Map<string, { turn: number; order: number; candidates: Candidate[] }>();
  for (const each of candidates) {
    const turn = TURNS[each.kind.turn];
    const place = turn > 0 || !each.object ? 0 : (order ?? annotated)(each.object);
    const key = `${turn} ${place}`;
    const step = steps.get(key) ?? { turn, order: place, candidates: [] };
    step.candidates.push(each);
    steps.set(key, step);
  }
  return [...steps.values()]
    .sort((one, other) => other.turn - one.turn || other.order - one.order)
    .map((step) => step.candidates);
}

function annotated({ metadata }: KubeObject): number {
  const value = Number(metadata.annotations?.[SLEEP_ORDER] ?? 0);
  return Number.isInteger(value) ? value : 0;
}

/** An order that is none: worth a line, as it is the person's mistake. */
export function badOrderOf({ metadata }: KubeObject): string | undefined {
  const value = metadata.annotations?.[SLEEP_ORDER];
  if (value === undefined || Number.isInteger(Number(value))) return undefined;
  return `${SLEEP_ORDER}: expected an integer, found ${JSON.stringify(value)}; taken as 0`;
}

export interface Work {
  act: (candidate: Candidate) => Promise<Decided>;
  /** What is waited for after a step, of what was done; undefined where nothing is. `isLast`: of the workloads. */
  awaits: (candidate: Candidate, decided: Decided, isLast: boolean) => Awaited | undefined;
}

interface Awaited {
  done: (object: KubeObject) => boolean;
  /** As it reads after "waiting for". */
  describe: string;
}

/**
 * Does the steps one after the other, the objects of a step side by side. When a step does not come to its end in time,
 * the workloads behind it are not begun: an order is a promise.
 *
 * @returns the outcomes, in the order of `candidates`, and each object as last seen
 */
export async function inSteps(
  kube: Kube,
  steps: Candidate[][],
  { act, awaits }: Work,
  options: StepOptions,
): Promise<Map<Candidate, Decided>> {
  const results = new Map<Candidate, Decided>();
  let held: string | undefined;
  for (const [index, step] of steps.entries()) {
    const isWorkload = step.some(({ kind }) => kind.turn === 'workload');
    const isLast = index >= steps.findLastIndex((each) => each.some(({ kind }) => kind.turn === 'workload'));
    if (held !== undefined && isWorkload) {
      const reason = `left as it is: ${held}`;
      for (const each of step) results.set(each, { item: { object: each.ref, outcome: 'failed', reason } });
      continue;
    }
    const decided = await bounded(step, WIDTH, async (each) => [each, await act(each)] as const);
    for (const [each, what] of decided) results.set(each, what);
    if (options.wait === 'none') continue;
    const waiting = decided.flatMap(([candidate, what]): Waiting[] => {
      const wanted = what.object && awaits(candidate, what, isLast);
      if (!what.object || !wanted) return [];
      return [{ candidate, decided: what, pending: { ref: candidate.ref, object: what.object, ...wanted } }];
    });
    const late = await settled(kube, waiting, options, isLast);
    if (late.length > 0 && !isLast) {
      const more = late.length > 1 ? ` and ${late.length - 1} more` : '';
      held = `the step before it did not end: ${nameOf(late[0] as ObjectRef)}${more}`;
    }
  }
  return results;
}

interface Waiting {
  candidate: Candidate;
  decided: Decided;
  pending: Pending;
}

/** Waits, by one watch for each kind, and marks those that were too late. */
async function settled(
  kube: Kube,
  waiting: Waiting[],
  options: StepOptions,
  isLast: boolean,
): Promise<ObjectRef[]> {
  const batches = Map.groupBy(waiting, ({ candidate }) => candidate.batch);
  const left = new Set<ObjectRef>();
  const late: ObjectRef[] = [];
  await Promise.all(
    [...batches].map(async ([batch, members]) => {
      let before: ObjectRef[] = [];
      const reasons = await settle(
        kube,
        batch,
        members.map(({ pending }) => pending),
        {
          timeLimit: options.timeLimit ?? TIME_LIMIT,
          // Between steps there is a promise to keep.
          ...(isLast && { patience: PATIENCE }),
          onProgress(now) {
            for (const ref of before) left.delete(ref);
            for (const ref of now) left.add(ref);
            before = now;
            options.onProgress?.([...left]);
          },
        },
      );
      for (const { decided, pending } of members) {
        decided.object = pending.object;
        const why = reasons.get(pending);
        if (why === undefined) continue;
        Object.assign(decided.item satisfies ReportItem, {
          reason: why.reason,
          ...(!why.unseen && { outcome: 'failed' }),
        });
        if (why.unseen) continue;
        late.push(pending.ref);
      }
    }),
  );
  return late;
}
