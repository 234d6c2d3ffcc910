import { ANNOTATIONS } from '@forkspacer/contract';
import type { KubeObject, ManagedFieldsEntry } from '../object.ts';
import { ASLEEP, type Owner } from './baseline.ts';

/*
 * How field ownership is given back (seen on kube-apiserver 1.35; server-side apply, "Field management").
 *
 * An update gives every field whose value it changes to the request's manager, and takes it from all others. So
 * parking takes `spec.replicas` from its owner, and giving the count back would leave it with us: the owner's next
 * server-side apply with another count would be a conflict.
 *
 * A write may also carry managedFields; the server starts from those and then does the above. So:
 * - Was the owner an update (kubectl create, client-side apply, Helm 3), the count is given back in its name, in the
 *   same write that drops our entry. One write, nothing of us left.
 * - Was it a server-side apply, /scale, nobody or several: no update can write in that name. One write gives the count
 *   back, a second one sets the entries as they were. Until the second, the baseline stays, with its label saying
 *   `waking`, so that a crash between the two loses nothing.
 */

type Fields = Record<string, unknown>;

const REPLICAS = ['f:spec', 'f:replicas'];
const MARKS = [
  ['f:metadata', 'f:annotations', `f:${ANNOTATIONS.baseline}`],
  ['f:metadata', 'f:labels', `f:${ASLEEP}`],
];

/** Everyone who owns `spec.replicas` now; on an object with marks that count, all but who put them on. */
export function ownersOf(object: KubeObject, marked: boolean): Owner[] {
  return entriesOf(object)
    .filter((entry) => owns(entry, REPLICAS) && !(marked && isParker(entry)))
    .map(({ manager, operation, apiVersion, subresource, time }) => ({
      ...(manager !== undefined && { manager }),
      ...(operation !== undefined && { operation }),
      ...(apiVersion !== undefined && { apiVersion }),
      ...(subresource !== undefined && { subresource }),
      ...(time !== undefined && { time }),
    }));
}

/** Whether who put the marks on still is who set the replicas; undefined where no entry tells who put them on. */
export function heldByParker(object: KubeObject): boolean | undefined {
  const parkers = entriesOf(object).filter(isParker);
  return parkers.length === 0 ? undefined : parkers.some((entry) => owns(entry, REPLICAS));
}

/** The manager in whose name one write can give the count back; undefined when it takes two. */
export function soleUpdater(owners: Owner[], object: KubeObject): string | undefined {
  const [owner, ...others] = owners;
  if (!owner || others.length > 0) return undefined;
  const plain = owner.operation === 'Update' && !owner.subresource && owner.apiVersion === object.apiVersion;
  return plain ? owner.manager : undefined;
}

/** managedFields of a marked object without what is ours: the marks, and `spec.replicas` beside them. */
export function withoutOurs(object: KubeObject): ManagedFieldsEntry[] {
  return entriesOf(object).flatMap((entry) => {
    if (!isParker(entry)) return [entry];
    const left = [REPLICAS, ...MARKS].reduce<Fields>(without, entry.fieldsV1 ?? {});
    return isEmpty(left) ? [] : [{ ...entry, fieldsV1: left }];
  });
}

/** managedFields with `spec.replicas` back at its owners. */
export function withOwners(entries: ManagedFieldsEntry[], owners: Owner[]): ManagedFieldsEntry[] {
  const result = [...entries];
  for (const owner of owners) {
    const at = result.findIndex((entry) => isSame(entry, owner));
    const there = result[at];
    if (there) {
      const spec = (there.fieldsV1?.['f:spec'] ?? {}) as Fields;
      result[at] = { ...there, fieldsV1: { ...there.fieldsV1, 'f:spec': { ...spec, 'f:replicas': {} } } };
    } else {
      // It owned nothing else, as `kubectl scale` does: its entry had gone with the field.
      result.push({ ...owner, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
    }
  }
  return result;
}

/**
 * The entry of who put the marks on, whatever its name: parked is parked, whoever did it. Only where the marks count:
 * on a copy of the object they belong to who made the copy.
 */
function isParker(entry: ManagedFieldsEntry): boolean {
  return entry.operation === 'Update' && !entry.subresource && MARKS.some((path) => owns(entry, path));
}

function isSame(entry: ManagedFieldsEntry, owner: Owner): boolean {
  return (
    entry.manager === owner.manager &&
    entry.operation === owner.operation &&
    entry.apiVersion === owner.apiVersion &&
    (entry.subresource ?? '') === (owner.subresource ?? '')
  );
}

function entriesOf(object: KubeObject): ManagedFieldsEntry[] {
  return object.metadata.managedFields ?? [];
}

function owns(entry: ManagedFieldsEntry, path: string[]): boolean {
  let at: unknown = entry.fieldsV1;
  for (const key of path) at = (at as Fields | undefined)?.[key];
  return at !== undefined;
}

function without(fields: Fields, [key, ...rest]: string[]): Fields {
  if (key === undefined || fields[key] === undefined) return fields;
  const { [key]: inner, ...others } = fields;
  if (rest.length === 0) return others;
  const left = without(inner as Fields, rest);
  return isEmpty(left) ? others : { ...others, [key]: left };
}

/** `.` alone says that the map itself is owned, which means nothing once it is empty. */
function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).every((key) => key === '.');
}
