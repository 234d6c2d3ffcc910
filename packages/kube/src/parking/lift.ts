import type { Kube } from '../connect.ts';
import { type KubeObject, type ManagedFieldsEntry, nameOf, type ObjectRef } from '../object.ts';
import { WITHOUT_MARKS, withWaking } from './baseline.ts';
import { type Edit, pathOf, pointerOf, valueAt } from './fields.ts';
import type { Kind, Limits } from './kinds/kind.ts';
import { soleWriter, withOwners, withoutOurs } from './ownership.ts';
import { changesOf, whoOf } from './park.ts';
import type { ReportItem } from './report.ts';
import { type Before, countOf, pathsOf, stateOf } from './state.ts';
import { type Candidate, keyOf } from './targets.ts';

export interface ToWake {
  item: ReportItem;
  /** What is to be written; nothing where there is nothing to do. */
  write?: Write;
  /** It was ready in the evening. */
  ready?: boolean;
}

export interface Write {
  edits: readonly Edit[];
  /** In whose name; ours unless told. */
  fieldManager?: string;
  managedFields?: ManagedFieldsEntry[];
}

/** Where a count is kept by an autoscaler. */
export interface Bounds extends Limits {
  by: string;
}

export interface Morning {
  leaving: boolean;
  /** The first night that something here sleeps since. */
  night: string | undefined;
  bounds(kind: Kind, ref: ObjectRef): Bounds | undefined;
}

/** What a wake needs to know beside the object itself. */
export function morningOf(candidates: Candidate[], autoscalers: Candidate[], leaving: boolean): Morning {
  const nights = candidates.flatMap(({ kind, object }) => {
    const state = object && stateOf(kind, object);
    return state && 'night' in state ? [state.night] : [];
  });
  const bounds = new Map<string, Bounds>();
  for (const { kind, object, ref } of autoscalers) {
    const target = object && kind.targetOf?.(object);
    const limits = object && kind.limitsOf?.(object);
    // One that its owner has paused keeps nothing.
    if (!target || !limits || stateOf(kind, object).is === 'resting') continue;
    const key = keyOf({ ...target, namespace: ref.namespace });
    if (!bounds.has(key)) bounds.set(key, { ...limits, by: `${ref.kind} ${ref.name}` });
  }
  return {
    leaving,
    night: nights.sort()[0],
    bounds: ({ group }, ref) => bounds.get(keyOf({ ...ref, group })),
  };
}

/** What a wake does first with one object as it is; where it takes two writes, see `toGiveBack`. Nothing is written here. */
export function toWake(kube: Kube, kind: Kind, ref: ObjectRef, object: KubeObject, morning: Morning): ToWake {
  const item = (outcome: ReportItem['outcome'], more: Partial<ReportItem> = {}): ReportItem => ({
    object: ref,
    outcome,
    ...more,
  });
  const state = stateOf(kind, object);
  if (state.is === 'foreign') return { item: item('skipped', { reason: `${nameOf(ref)} ${state.why}` }) };
  if (state.is === 'resting') return { item: item('skipped', { reason: kind.rests }) };
  if (state.is === 'awake') {
    const created = object.metadata.creationTimestamp?.replace(/[-:]/g, '').slice(0, 15) ?? '';
    const isNew = morning.night !== undefined && created > morning.night.slice(0, 15);
    const reason = isNew ? 'made while others slept; left alone' : 'awake already';
    // An old baseline that a rollback brought back by day: void, and no one else takes it off.
    return { item: item('skipped', { reason }), ...(state.traces && { write: { edits: WITHOUT_MARKS } }) };
  }
  if (morning.leaving && state.who !== undefined && state.who !== whoOf(kube)) {
    return { item: item('skipped', { reason: `put to sleep by ${state.who}, and not by ${whoOf(kube)}` }) };
  }
  const paths = pathsOf(state.was);
  if (state.is === 'drifted')
    return { item: drifted(kind, ref, object, state), write: marksOff(object, paths) };

  const counted = kind.fields(object).find(({ isCount }) => isCount);
  const pointer = counted && pointerOf(counted.path);
  const before = pointer === undefined ? undefined : ((state.was[pointer] ?? 1) as number);
  if (state.is === 'waking') {
    const replicas = before === undefined ? {} : { replicas: { from: 0, to: before } };
    return { item: item('restored', replicas), ready: state.ready ?? false };
  }

  const bounds = before === undefined ? undefined : morning.bounds(kind, ref);
  const count =
    before !== undefined && bounds ? Math.max(1, bounds.min, Math.min(before, bounds.max)) : before;
  const edits = Object.entries(state.was).map(([at, value]): Edit => {
    const same = at !== pointer || count === before;
    return { path: pathOf(at), value: same ? (value ?? undefined) : count };
  });
  const reason =
    count === before
      ? undefined
      : `${before} before; ${bounds?.by} keeps it between ${bounds?.min} and ${bounds?.max}`;
  const restored = item('restored', {
    ...(reason && { reason }),
    ...(count !== undefined && { replicas: { from: 0, to: count } }),
    changes: changesOf(object, edits),
  });
  const ready = state.ready ?? false;
  const writer = soleWriter(state, object, kube.fieldManager);
  if (writer !== undefined) {
    const { managedFields } = marksOff(object, paths);
    const write = { edits: [...edits, ...WITHOUT_MARKS], fieldManager: writer, managedFields };
    return { item: restored, write, ready };
  }
  const waking = withWaking(state.night, count ?? 0, object.metadata.uid ?? '');
  return { item: restored, write: { edits: [...edits, waking] }, ready };
}

/**
 * The second write, where it takes one: marks off, and managedFields as they were before the night. Undefined when the
 * first has done it, or another wake; or when it was put to sleep again meanwhile.
 */
export function toGiveBack(kind: Kind, object: KubeObject): Write | undefined {
  const state = stateOf(kind, object);
  if (state.is !== 'waking') return undefined;
  const managedFields = withOwners(withoutOurs(object, pathsOf(state.was)), state);
  return { edits: WITHOUT_MARKS, managedFields };
}

/** The count is as `item` says: should the answer to a write have been lost, this is how its effect is known. */
export function isDone(kind: Kind, object: KubeObject, item: ReportItem): boolean {
  const changes = item.changes ?? [];
  return (
    stateOf(kind, object).is === 'awake' &&
    changes.every(({ path, to }) => same(valueAt(object, pathOf(path)), to))
  );
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function marksOff(object: KubeObject, paths: ReturnType<typeof pathsOf>) {
  return { edits: WITHOUT_MARKS, managedFields: withoutOurs(object, paths) };
}

function drifted(kind: Kind, ref: ObjectRef, object: KubeObject, { was }: Before): ReportItem {
  const now = countOf(kind, object);
  const [pointer = '', value] = Object.entries(was)[0] ?? [];
  const before = now === undefined ? value : (value ?? 1);
  const found =
    now === undefined
      ? `${pointer} ${told(valueAt(object, pathOf(pointer)))} now, ${told(before)} before`
      : `${now} replicas now, ${before} before`;
  return {
    object: ref,
    outcome: 'drifted',
    reason: `${nameOf(ref)} was changed while it slept: ${found}; left as it is`,
    ...(now !== undefined && { replicas: { from: before as number, to: now } }),
  };
}

function told(value: unknown): string {
  const json = value === undefined || value === null ? 'not there' : JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
