import type { KubeObject } from '../object.ts';
import { type Baseline, type Mark, type Owner, readMarks } from './baseline.ts';
import { isSame, type Path, pathOf, pointerOf, valueAt } from './fields.ts';
import type { Field, Kind } from './kinds/kind.ts';
import { heldByParker, ownersOf } from './ownership.ts';

/** What a sleeping object was, as far as its marks tell. */
export interface Before {
  night: string;
  /** See Baseline. */
  was: Record<string, unknown>;
  owners: Owner[];
  /** Unknown where the baseline is gone. */
  who?: string;
  ready?: true;
}

/** What an object is, as its marks and its fields tell. */
export type State =
  /** Never to be touched. */
  | { is: 'foreign'; why: string }
  | { is: 'awake'; traces: boolean }
  /** As it would be asleep, by its owner. */
  | { is: 'resting' }
  | ({ is: 'asleep' } & Before)
  /** What it was is given back, its field ownership not yet. */
  | ({ is: 'waking' } & Before)
  /** Put to sleep, and changed by someone since. */
  | ({ is: 'drifted' } & Before);

export function stateOf(kind: Kind, object: KubeObject): State {
  const controller = object.metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller) return { is: 'foreign', why: `is run by ${controller.kind} ${controller.name}` };
  if (object.metadata.deletionTimestamp) return { is: 'foreign', why: 'is being deleted' };

  const fields = kind.fields(object);
  const resting = fields.every((field) => isAsleep(field, valueAt(object, field.path)));
  const { mark, baseline, any } = readMarks(object);
  const paths = (baseline ? pathsOf(baseline.was) : fields.map(({ path }) => path)).filter(
    (path) => valueAt(object, path) !== undefined,
  );
  // Nobody owns a count of zero that came through /scale: that it is not the parker's any more is all there is to see.
  const held = heldByParker(object, paths);
  const taken =
    !fields.some((field) => field.isReadable) && (ownersOf(object, paths, true).length > 0 || held === false);
  if (!mark) {
    if (!resting) return { is: 'awake', traces: any };
    // Without the label a baseline may be an old one, brought back by a rollback to an object that its owner keeps at
    // zero. It counts when who wrote it still is who set the fields.
    if (!baseline || taken || !held) return { is: 'resting' };
    return { is: 'asleep', ...baseline };
  }
  const before = beforeOf(object, fields, mark, baseline);
  if (mark.waking && isAwakeAs(object, fields, mark, before)) return { is: 'waking', ...before };
  if (!resting || taken) return { is: 'drifted', ...before };
  return { is: 'asleep', ...before };
}

export function pathsOf(was: Record<string, unknown>): Path[] {
  return Object.keys(was).map(pathOf);
}

export function isAsleep(field: Field, value: unknown): boolean {
  return field.isCount ? value === 0 : isSame(value, field.asleep(value));
}

/** The number of replicas among the fields; undefined where there is none. */
export function countOf(kind: Kind, object: KubeObject): number | undefined {
  const field = kind.fields(object).find(({ isCount }) => isCount);
  return field && ((valueAt(object, field.path) as number | undefined) ?? 1);
}

function beforeOf(object: KubeObject, fields: Field[], mark: Mark, baseline: Baseline | undefined): Before {
  const { night } = mark;
  const known = baseline && {
    owners: baseline.owners,
    who: baseline.who,
    ...(baseline.ready && { ready: baseline.ready }),
  };
  const was: Record<string, unknown> = { ...baseline?.was };
  for (const field of fields) {
    const pointer = pointerOf(field.path);
    // A wake may have given back another count than was there before: the autoscaler's limit.
    if (field.isCount && (!baseline || mark.waking)) was[pointer] = mark.count;
    else if (!baseline || field.isReadable) was[pointer] = field.guess?.(valueAt(object, field.path)) ?? null;
  }
  return { night, was, owners: [], ...known };
}

function isAwakeAs(object: KubeObject, fields: Field[], mark: Mark, { was }: Before): boolean {
  return Object.entries(was).every(([pointer, value]) => {
    const field = fields.find(({ path }) => pointerOf(path) === pointer);
    const now = valueAt(object, pathOf(pointer));
    return field?.isCount ? (now ?? 1) === mark.count : isSame(now, value);
  });
}
