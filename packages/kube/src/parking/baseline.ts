import { ANNOTATIONS } from '@forkspacer/contract';
import type { KubeObject, ManagedFieldsEntry } from '../object.ts';
import type { Edit } from './fields.ts';

/**
 * What an object was before the night, in annotation `forkspacer.com/baseline` on the object itself, written together
 * with the change.
 */
export interface Baseline {
  version: 1;
  /** Of the object: a copy of it, in another namespace or made anew, is not asleep. */
  uid: string;
  /** One sleep of one object; a baseline of another night is an old one that a rollback brought back. */
  night: string;
  /** Who put it to sleep: the instance, or the field manager where there is none. */
  who: string;
  /** The fields that were changed, as they were, by JSON pointer; null where there was nothing. */
  was: Record<string, unknown>;
  /** Who owned those fields, to be given back. */
  owners: Owner[];
  /** It was ready: what was not in the evening is not waited for in the morning. */
  ready?: true;
}

/** An entry of managedFields without its field sets. */
export interface Owner
  extends Pick<ManagedFieldsEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource' | 'time'> {
  /**
   * What it owned at or below each field, or of a map that goes with it, by JSON pointer; when left out, every field
   * that was changed, as a whole.
   */
  owned?: Record<string, Record<string, unknown>>;
}

/**
 * The second mark, a label with night, count (0 where there is none) and uid in short: `20261122T143024123Z.3.6dc73b25`,
 * `.waking` behind it while a wake is under way.
 *
 * `kubectl rollout undo` puts a ReplicaSet's annotations in place of a Deployment's, and the Deployment controller had
 * copied the baselines of earlier nights there. So by night an undo may drop the baseline or bring an old one, and by
 * day bring one to a Deployment that is awake. Labels are copied neither way: an object is asleep when the label says
 * so, and the annotation counts only when it is of the same night.
 */
export const ASLEEP = 'forkspacer.com/asleep';

export interface Mark {
  night: string;
  count: number;
  waking: boolean;
}

/** What the marks on an object are worth. */
export interface Marks {
  mark?: Mark;
  baseline?: Baseline;
  /** There is something of ours on it, valid or not. */
  any: boolean;
}

const BASELINE = ['metadata', 'annotations', ANNOTATIONS.baseline];
const LABEL = ['metadata', 'labels', ASLEEP];

/** The marks, as paths of an object. */
export const MARKS = [BASELINE, LABEL];

export const WITHOUT_MARKS: readonly Edit[] = MARKS.map((path) => ({ path, value: undefined }));

export function withMarks(baseline: Baseline, count: number): Edit[] {
  return [
    { path: BASELINE, value: JSON.stringify(baseline) },
    { path: LABEL, value: markValue(baseline.night, count, baseline.uid) },
  ];
}

export function withWaking(night: string, count: number, uid: string): Edit {
  return { path: LABEL, value: `${markValue(night, count, uid)}.waking` };
}

export function newNight(now = new Date()): string {
  return now.toISOString().replace(/[-:.]/g, '');
}

function markValue(night: string, count: number, uid: string): string {
  return `${night}.${count}.${uid.slice(0, 8)}`;
}

export function readMarks({ metadata }: KubeObject): Marks {
  const label = metadata.labels?.[ASLEEP];
  const annotation = metadata.annotations?.[ANNOTATIONS.baseline];
  const mark = parseMark(label, metadata.uid);
  const baseline = parseBaseline(annotation, metadata.uid);
  return {
    any: label !== undefined || annotation !== undefined,
    ...(mark && { mark }),
    ...(baseline && (!mark || baseline.night === mark.night) && { baseline }),
  };
}

function parseMark(value: string | undefined, uid: string | undefined): Mark | undefined {
  const [, night, count, short, waking] = /^(\w+)\.(\d+)\.([\w-]{1,8})(\.waking)?$/.exec(value ?? '') ?? [];
  if (!night || !uid || short !== uid.slice(0, 8)) return undefined;
  return { night, count: Number(count), waking: waking !== undefined };
}

function parseBaseline(value: string | undefined, uid: string | undefined): Baseline | undefined {
  let parsed: Partial<Baseline> | null;
  try {
    parsed = JSON.parse(value ?? 'null');
  } catch {
    return undefined;
  }
  if (parsed?.version !== 1 || parsed.uid !== uid || typeof parsed.night !== 'string') return undefined;
  if (typeof parsed.was !== 'object' || parsed.was === null) return undefined;
  return { who: '', ...parsed, owners: Array.isArray(parsed.owners) ? parsed.owners : [] } as Baseline;
}
