import { ANNOTATIONS } from '@forkspacer/contract';
import type { KubeObject, ManagedFieldsEntry } from '../object.ts';

/**
 * What an object was before the night, in annotation `forkspacer.com/baseline` on the object itself, written together
 * with `spec.replicas: 0`.
 */
export interface Baseline {
  version: 1;
  /** Of the object: a copy of it, in another namespace or made anew, is not asleep. */
  uid: string;
  /** One sleep of one object; a baseline of another night is an old one that a rollback brought back. */
  night: string;
  /** Who put it to sleep: the instance, or the field manager where there is none. */
  who: string;
  replicas: number;
  /** Who owned `spec.replicas`, to be given back: entries of managedFields without their field sets. */
  owners: Owner[];
}

export type Owner = Pick<ManagedFieldsEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource' | 'time'>;

/**
 * The second mark, a label with night, count and uid in short: `20261122T143024123Z.3.6dc73b25`, `.waking` behind it
 * while a wake is under way.
 *
 * `kubectl rollout undo` puts a ReplicaSet's annotations in place of a Deployment's, and the Deployment controller had
 * copied the baselines of earlier nights there. So by night an undo may drop the baseline or bring an old one, and by
 * day bring one to a Deployment that is awake. Labels are copied neither way: an object is asleep when the label says
 * so, and the annotation counts only when it is of the same night.
 */
export const ASLEEP = 'forkspacer.com/asleep';

export interface Mark {
  night: string;
  replicas: number;
  waking: boolean;
}

/** What the marks on an object are worth. */
export interface Marks {
  mark?: Mark;
  baseline?: Baseline;
  /** There is something of ours on it, valid or not. */
  any: boolean;
}

export function newNight(now = new Date()): string {
  return now.toISOString().replace(/[-:.]/g, '');
}

export function markValue(night: string, replicas: number, uid: string, waking = false): string {
  return `${night}.${replicas}.${uid.slice(0, 8)}${waking ? '.waking' : ''}`;
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
  const [, night, replicas, short, waking] =
    /^(\w+)\.(\d+)\.([\w-]{1,8})(\.waking)?$/.exec(value ?? '') ?? [];
  if (!night || !uid || short !== uid.slice(0, 8)) return undefined;
  return { night, replicas: Number(replicas), waking: waking !== undefined };
}

function parseBaseline(value: string | undefined, uid: string | undefined): Baseline | undefined {
  let parsed: Partial<Baseline> | null;
  try {
    parsed = JSON.parse(value ?? 'null');
  } catch {
    return undefined;
  }
  if (parsed?.version !== 1 || parsed.uid !== uid || typeof parsed.night !== 'string') return undefined;
  if (!Number.isInteger(parsed.replicas) || (parsed.replicas as number) < 1) return undefined;
  return { who: '', ...parsed, owners: Array.isArray(parsed.owners) ? parsed.owners : [] } as Baseline;
}
