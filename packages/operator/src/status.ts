import type { Condition } from '@forkspacer/contract';
import { type Kube, type KubeObject, patch, refOf } from '@forkspacer/kube';
import { type Clock, timestamp } from './clock.ts';
import type { PhaseReport } from './options.ts';
import { keyOf, type Phase } from './resources.ts';

/** One condition as a reconciler means it; the times come from the object. */
export interface Said {
  type: string;
  status: Condition['status'];
  reason: string;
  message?: string;
}

/** What a status is to say. What is not named stays as it is; null removes a field. */
export interface StatusChange {
  phase: Phase;
  message: string;
  conditions: Said[];
  fields?: Record<string, string | boolean | null>;
}

interface Context {
  kube: Kube;
  clock: Clock;
  onPhase(report: PhaseReport): void;
}

/**
 * Writes what has changed of a status, and nothing when nothing has. The uid in the patch guards against another
 * object of the same name. Returns the object as it is then.
 */
export async function setStatus<T extends KubeObject>(
  { kube, clock, onPhase }: Context,
  object: T,
  change: StatusChange,
): Promise<T> {
  const old = (object.status ?? {}) as Record<string, unknown> & { phase?: Phase; conditions?: Condition[] };
  const now = timestamp(clock.now());
  const conditions = mergeConditions(
    old.conditions ?? [],
    change.conditions,
    object.metadata.generation,
    now,
  );
  const wanted: Record<string, unknown> = { phase: change.phase, message: change.message, ...change.fields };
  const moved = old.phase !== change.phase;
  const differs =
    Object.entries(wanted).some(
      ([field, value]) => (old[field] ?? null) !== value && !(value === '' && old[field] === undefined),
    ) || JSON.stringify(conditions) !== JSON.stringify(old.conditions ?? []);
  if (!differs) return object;

  const status = { ...wanted, conditions, ...(moved ? { lastActivity: now } : {}) };
  const body = { metadata: { uid: object.metadata.uid }, status };
  const written = await patch(kube, refOf(object), body, { type: 'merge', subresource: 'status' });
  if (moved) {
    const kind = object.kind as PhaseReport['kind'];
    onPhase({ kind, name: keyOf(object), phase: change.phase, message: change.message });
  }
  return written as T;
}

/** Conditions of other types stay; a transition has its time only when the status changed. */
function mergeConditions(
  old: Condition[],
  said: Said[],
  generation: number | undefined,
  now: string,
): Condition[] {
  const merged = [...old];
  for (const { type, status, reason, message = '' } of said) {
    const at = merged.findIndex((condition) => condition.type === type);
    const before = merged[at];
    const condition: Condition = {
      type,
      status,
      reason,
      message: message.slice(0, 32_768),
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
    // The order of fields is kept, so that an unchanged condition is equal as text.
    if (before && sameCondition(before, condition)) continue;
    if (before) merged[at] = condition;
    else merged.push(condition);
  }
  return merged;
}

function sameCondition(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration
  );
}

export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return (object.status?.conditions as Condition[] | undefined)?.find((condition) => condition.type === type);
}
