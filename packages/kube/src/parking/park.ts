import type { Kube } from '../connect.ts';
import { type KubeObject, nameOf, type ObjectRef } from '../object.ts';
import { type Baseline, withMarks } from './baseline.ts';
import { exclusionOf } from './exclusion.ts';
import { type Edit, isSame, pathOf, pointerOf, valueAt } from './fields.ts';
import type { Kind, Wishes } from './kinds/kind.ts';
import { ownersOf } from './ownership.ts';
import type { ReportItem } from './report.ts';
import { countOf, isAsleep, type State, stateOf } from './state.ts';
import { badOrderOf } from './steps.ts';

export interface ToSleep {
  item: ReportItem;
  /** What is to be written; nothing where it sleeps already, or is left alone. */
  edits?: Edit[];
  /** It is at rest, or will be. */
  rests: boolean;
}

/** What a sleep does with one object as it is. Nothing is written here. */
export function toSleep(
  kube: Kube,
  kind: Kind,
  ref: ObjectRef,
  object: KubeObject,
  night: string,
  wishes: Wishes,
): ToSleep {
  const skipped = (reason: string, rests = false): ToSleep => ({
    item: { object: ref, outcome: 'skipped', reason },
    rests,
  });
  const state = stateOf(kind, object);
  if (state.is === 'foreign') return skipped(`${nameOf(ref)} ${state.why}`);
  if (state.is === 'resting') return skipped(kind.rests, true);
  if (state.is === 'asleep') return { item: asleep(kind, ref, object, state, night), rests: true };

  const excluded = exclusionOf(object);
  if (excluded !== undefined) return skipped(excluded);
  const left = kind.leaves?.(object, wishes);
  if (left !== undefined) return skipped(left);
  const refused = kind.refuses?.(object, wishes);
  if (refused !== undefined) {
    return { item: { object: ref, outcome: 'failed', reason: `${nameOf(ref)}: ${refused}` }, rests: false };
  }

  const fields = kind.fields(object).filter((field) => !isAsleep(field, valueAt(object, field.path)));
  const edits = fields.map(
    (field): Edit => ({ path: field.path, value: field.asleep(valueAt(object, field.path)) }),
  );
  const was = Object.fromEntries(fields.map(({ path }) => [pointerOf(path), valueAt(object, path) ?? null]));
  const count = countOf(kind, object);
  const baseline: Baseline = {
    version: 1,
    uid: object.metadata.uid ?? '',
    night,
    who: whoOf(kube),
    was,
    owners:
      state.is === 'waking'
        ? state.owners
        : ownersOf(
            object,
            fields.map(({ path }) => path),
            state.is === 'drifted',
          ),
    ...((state.is === 'waking' ? state.ready : kind.isReady(object)) && { ready: true as const }),
  };
  const reason = [badOrderOf(object), keptBy(object)].filter(Boolean).join('; ');
  const saving = kind.requests?.(object);
  return {
    item: {
      object: ref,
      outcome: 'parked',
      ...(reason && { reason }),
      ...(count !== undefined && { replicas: { from: count, to: 0 } }),
      changes: changesOf(object, edits),
      ...(saving && (saving.cpu > 0 || saving.memory > 0) && { saving }),
    },
    edits: [...edits, ...withMarks(baseline, count ?? 0)],
    rests: true,
  };
}

export function whoOf(kube: Kube): string {
  return kube.instance ?? kube.fieldManager;
}

export function changesOf(object: KubeObject, edits: readonly Edit[]) {
  return edits.flatMap(({ path, value }) => {
    const from = valueAt(object, path);
    if (isSame(from, value)) return [];
    return [
      {
        path: pointerOf(path),
        ...(from !== undefined && { from }),
        ...(value !== undefined && { to: value }),
      },
    ];
  });
}

function asleep(
  kind: Kind,
  ref: ObjectRef,
  object: KubeObject,
  { was, ...state }: Extract<State, { is: 'asleep' }>,
  night: string,
): ReportItem {
  const counted = kind.fields(object).find(({ isCount }) => isCount);
  const from = counted && (was[pointerOf(counted.path)] ?? 1);
  const day = Object.entries(was).reduce(
    (daily, [pointer, value]) => withValue(daily, pathOf(pointer), value),
    structuredClone(object),
  );
  const saving = kind.requests?.(day);
  return {
    object: ref,
    outcome: 'parked',
    ...(state.night !== night && { reason: `asleep since ${state.night}` }),
    ...(typeof from === 'number' && { replicas: { from, to: 0 } }),
    ...(saving && (saving.cpu > 0 || saving.memory > 0) && { saving }),
  };
}

function withValue(object: KubeObject, path: readonly string[], value: unknown): KubeObject {
  let at: Record<string, unknown> = object;
  for (const key of path.slice(0, -1)) {
    at[key] = at[key] ?? {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1) as string] = value ?? undefined;
  return object;
}

/** GitOps controllers say on what they apply where it comes from. One elsewhere is not paused, and may lift it. */
function keptBy({ metadata }: KubeObject): string | undefined {
  const { labels = {}, annotations = {}, namespace } = metadata;
  for (const [kind, group] of [
    ['Kustomization', 'kustomize.toolkit.fluxcd.io'],
    ['HelmRelease', 'helm.toolkit.fluxcd.io'],
  ]) {
    const where = labels[`${group}/namespace`];
    if (where !== undefined && where !== namespace) {
      return `${kind} ${where}/${labels[`${group}/name`]} applies it and is not paused by this`;
    }
  }
  const [application] = annotations['argocd.argoproj.io/tracking-id']?.split(':') ?? [];
  return application && `Argo CD Application ${application} applies it and may have to be paused`;
}
