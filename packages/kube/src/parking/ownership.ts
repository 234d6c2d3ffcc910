import type { KubeObject, ManagedFieldsEntry } from '../object.ts';
import { MARKS, type Owner } from './baseline.ts';
import { type Path, pathOf, pointerOf } from './fields.ts';

/*
 * How field ownership is given back (seen on kube-apiserver 1.35; server-side apply, "Field management").
 *
 * An update gives every field whose value it changes to the request's manager, and takes it from all others. So
 * parking takes `spec.replicas` from its owner, and giving the count back would leave it with us: the owner's next
 * server-side apply with another count would be a conflict.
 *
 * A write may also carry managedFields; the server starts from those and then does the above. So:
 * - Was there nothing before the night, taking it away again leaves nothing to own. One write.
 * - Was the owner an update (kubectl create, client-side apply, Helm 3), it is given back in its name, in the same
 *   write that drops our entry. One write, nothing of us left.
 * - Was it a server-side apply, /scale, nobody or several: no update can write in that name. One write gives the value
 *   back, a second one sets the entries as they were. Until the second, the baseline stays, with its label saying
 *   `waking`, so that a crash between the two loses nothing.
 */

type Fields = Record<string, unknown>;

/** Everyone who owns something at or below one of the paths; on an object with marks that count, all but who put them on. */
export function ownersOf(object: KubeObject, paths: readonly Path[], marked: boolean): Owner[] {
  return entriesOf(object)
    .filter((entry) => paths.some((path) => owned(entry, path)) && !(marked && isParker(entry)))
    .map((entry) => {
      const { manager, operation, apiVersion, subresource, time } = entry;
      const parts = paths.flatMap((path) => {
        const at = vanishing(entry, path);
        return at ? [[pointerOf(at), owned(entry, at) as Fields] as const] : [];
      });
      const leaves = new Map(parts.filter(([, part]) => Object.keys(part).length === 0));
      const whole = paths.every((path) => leaves.has(pointerOf(path)));
      return {
        ...(manager !== undefined && { manager }),
        ...(operation !== undefined && { operation }),
        ...(apiVersion !== undefined && { apiVersion }),
        ...(subresource !== undefined && { subresource }),
        ...(time !== undefined && { time }),
        ...(!whole && { owned: Object.fromEntries(parts) }),
      };
    });
}

/** Whether who put the marks on still is who set the fields; undefined where no entry tells who put them on. */
export function heldByParker(object: KubeObject, paths: readonly Path[]): boolean | undefined {
  const parkers = entriesOf(object).filter(isParker);
  if (parkers.length === 0) return undefined;
  return parkers.some((entry) => paths.some((path) => owned(entry, path)));
}

/** The manager in whose name one write can give everything back; undefined when it takes two. */
export function soleWriter(
  { was, owners }: { was: Record<string, unknown>; owners: Owner[] },
  object: KubeObject,
  us: string,
): string | undefined {
  const there = Object.keys(was).filter((pointer) => was[pointer] !== null);
  const [owner, ...others] = owners;
  if (!owner) return there.length === 0 ? us : undefined;
  if (others.length > 0) return undefined;
  const plain = owner.operation === 'Update' && !owner.subresource && owner.apiVersion === object.apiVersion;
  const parts = Object.keys(owner.owned ?? was);
  const all = there.every((pointer) => parts.some((part) => `${pointer}/`.startsWith(`${part}/`)));
  return plain && all ? owner.manager : undefined;
}

/** managedFields of a marked object without what is ours: the marks, and the fields beside them. */
export function withoutOurs(object: KubeObject, paths: readonly Path[]): ManagedFieldsEntry[] {
  return entriesOf(object).flatMap((entry) => {
    if (!isParker(entry)) return [entry];
    const left = [...paths, ...MARKS].map(keysOf).reduce<Fields>(without, entry.fieldsV1 ?? {});
    return isEmpty(left) ? [] : [{ ...entry, fieldsV1: left }];
  });
}

/** managedFields with the fields back at their owners. */
export function withOwners(
  entries: ManagedFieldsEntry[],
  { was, owners }: { was: Record<string, unknown>; owners: Owner[] },
): ManagedFieldsEntry[] {
  const result = [...entries];
  for (const { owned: parts, ...owner } of owners) {
    const owns = parts ?? Object.fromEntries(Object.keys(was).map((pointer) => [pointer, {}]));
    const at = result.findIndex((entry) => isSame(entry, owner));
    const there = result[at];
    const fieldsV1 = Object.entries(owns).reduce<Fields>(
      (fields, [pointer, part]) => within(fields, keysOf(pathOf(pointer)), part),
      there?.fieldsV1 ?? {},
    );
    if (there) result[at] = { ...there, fieldsV1 };
    // It owned nothing else, as `kubectl scale` does: its entry had gone with the field.
    else result.push({ ...owner, fieldsType: 'FieldsV1', fieldsV1 });
  }
  return result;
}

/**
 * The entry of who put the marks on, whatever its name: parked is parked, whoever did it. Only where the marks count:
 * on a copy of the object they belong to who made the copy.
 */
function isParker(entry: ManagedFieldsEntry): boolean {
  return entry.operation === 'Update' && !entry.subresource && MARKS.some((path) => owned(entry, path));
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

/** A path as fieldsV1 has it. */
function keysOf(path: Path): string[] {
  return path.map((key) => `f:${key}`);
}

function owned(entry: ManagedFieldsEntry, path: Path): Fields | undefined {
  let at: unknown = entry.fieldsV1;
  for (const key of keysOf(path)) at = (at as Fields | undefined)?.[key];
  return at as Fields | undefined;
}

/** The highest path to go with a field: a map that holds nothing else goes too, though it is owned itself (`.`). */
function vanishing(entry: ManagedFieldsEntry, path: Path): Path | undefined {
  if (!owned(entry, path)) return undefined;
  let highest = path;
  for (let depth = path.length - 1; depth > 0; depth--) {
    const above = path.slice(0, depth);
    const keys = Object.keys(owned(entry, above) as Fields);
    if (keys.some((key) => key !== '.' && key !== `f:${path[depth]}`)) break;
    if (keys.includes('.')) highest = above;
  }
  return highest;
}

/** `fields` with `part` put in at the path; what is there stays. */
function within(fields: Fields, [key, ...rest]: string[], part: Fields): Fields {
  if (key !== undefined) return { ...fields, [key]: within((fields[key] ?? {}) as Fields, rest, part) };
  const merged = { ...fields };
  for (const [name, inner] of Object.entries(part)) {
    merged[name] = within((merged[name] ?? {}) as Fields, [], inner as Fields);
  }
  return merged;
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
