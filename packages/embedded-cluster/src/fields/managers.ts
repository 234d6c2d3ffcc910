/** metadata.managedFields: who set what, kept on every write as k8s.io/apimachinery's managedfields does. */
import type { KubeObject, ManagedFieldsEntry } from '../object.ts';
import type { Schema } from '../schemas/schema.ts';
import { StatusError } from '../status.ts';
import { FieldSet } from './field-set.ts';
import { compare, emptyOf, fieldsOf, isSame, merge, without } from './typed.ts';

export interface Writer {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  /** The subresource that was written to, or ''. */
  subresource: string;
  /** RFC 3339; a write of the scale has none. */
  time?: string;
}

interface Managed {
  entry: ManagedFieldsEntry;
  set: FieldSet;
}

/** Nobody owns these: the server sets them, or they say which object it is. */
const SERVERS_OWN = new FieldSet();
for (const path of [
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'creationTimestamp'],
  ['metadata', 'selfLink'],
  ['metadata', 'uid'],
  ['metadata', 'clusterName'],
  ['metadata', 'generation'],
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
]) {
  SERVERS_OWN.insert(...path.map((name) => `f:${name}`));
}

/** More managers than this that only update are folded into one, `ancient-changes`. */
const MOST_UPDATERS = 10;

function identity(entry: ManagedFieldsEntry): string {
  const version = entry.operation === 'Apply' ? '' : (entry.apiVersion ?? '');
  return JSON.stringify([entry.manager ?? '', entry.operation ?? '', version, entry.subresource ?? '']);
}

function read(object: KubeObject): Map<string, Managed> {
  const managers = new Map<string, Managed>();
  for (const entry of object.metadata.managedFields ?? []) {
    managers.set(identity(entry), { entry, set: FieldSet.fromWire(entry.fieldsV1) });
  }
  return managers;
}

function write(object: KubeObject, managers: Map<string, Managed>): void {
  const list = [...managers.values()].map(({ entry, set }) => {
    const { manager, operation, apiVersion, time, subresource } = entry;
    const result: ManagedFieldsEntry = { manager, operation, apiVersion };
    if (time !== undefined) result.time = time;
    result.fieldsType = 'FieldsV1';
    result.fieldsV1 = set.toWire();
    if (subresource) result.subresource = subresource;
    return result;
  });
  list.sort(
    (a, b) =>
      order(a.operation, b.operation) ||
      order(a.time, b.time) ||
      order(a.manager, b.manager) ||
      order(a.apiVersion, b.apiVersion) ||
      order(a.subresource ?? '', b.subresource ?? ''),
  );
  if (list.length > 0) object.metadata.managedFields = list;
  else delete object.metadata.managedFields;
}

function order(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as KubeObject;
}

/**
 * Puts managedFields on `object`, which is about to replace `old` (undefined on create). `ignored` are fields that
 * this endpoint does not write, such as status on the main resource. `views` are what is compared, where an
 * endpoint shows another form of the object (scale).
 */
export function trackUpdate(
  schema: Schema,
  builtin: boolean,
  old: KubeObject | undefined,
  object: KubeObject,
  writer: Writer,
  ignored: FieldSet,
  views?: { before: unknown; after: unknown },
): void {
  // A caller may clear the list, and only that: other changes to it are taken from the request as they are sent.
  const sent = object.metadata.managedFields;
  const cleared =
    old !== undefined &&
    Array.isArray(sent) &&
    (sent.length === 0 || (sent.length === 1 && Object.keys(sent[0]!).length === 0));
  if (cleared) {
    delete object.metadata.managedFields;
    return;
  }
  const basis = old !== undefined && (sent === undefined || sent === null) ? old : object;
  const managers = read(basis);
  // Nobody owns anything (someone cleared the list, or nothing was set): it is left at that until the first apply.
  if (old !== undefined && managers.size === 0) {
    delete object.metadata.managedFields;
    return;
  }
  const before = old ? withoutManagedFields(old) : builtin ? emptyOf(schema) : {};
  const after = withoutManagedFields(object);
  const comparison = compare(schema, views?.before ?? before, views?.after ?? after, builtin);
  for (const key of ['added', 'modified', 'removed'] as const) {
    comparison[key] = comparison[key].recursiveDifference(ignored);
  }
  const changed = comparison.added.union(comparison.modified);
  for (const [id, managed] of managers) {
    managed.set = managed.set.difference(changed).difference(comparison.removed);
    if (managed.set.empty) managers.delete(id);
  }
  const taken = changed.difference(SERVERS_OWN);
  if (!taken.empty) {
    const entry: ManagedFieldsEntry = { ...writer };
    const id = identity(entry);
    const previous = read(basis).get(id)?.set;
    const kept = previous ? previous.difference(comparison.removed) : new FieldSet();
    managers.set(id, { entry, set: kept.union(taken) });
  }
  capUpdaters(managers);
  write(object, managers);
}

function capUpdaters(managers: Map<string, Managed>): void {
  const updaters = [...managers].filter(([, { entry }]) => entry.operation === 'Update');
  if (updaters.length <= MOST_UPDATERS) return;
  updaters.sort(
    ([, a], [, b]) => order(a.entry.time, b.entry.time) || order(a.entry.manager, b.entry.manager),
  );
  let excess = updaters.length - MOST_UPDATERS + 1;
  for (const [id, managed] of updaters) {
    if (excess === 0) break;
    const entry: ManagedFieldsEntry = {
      manager: 'ancient-changes',
      operation: 'Update',
      apiVersion: managed.entry.apiVersion,
      time: managed.entry.time,
    };
    const bucket = managers.get(identity(entry));
    managers.delete(id);
    managers.set(identity(entry), { entry, set: bucket ? bucket.set.union(managed.set) : managed.set });
    excess--;
  }
}

/**
 * Server-side apply: `applied` laid over `live` ({} on create), less what this manager applied before and nobody
 * else owns. Returns the new object, or `live` itself when nothing changed.
 *
 * @throws StatusError 409 naming the managers of the fields that would change hands.
 */
export function applyConfiguration(
  schema: Schema,
  builtin: boolean,
  live: KubeObject,
  applied: KubeObject,
  writer: Writer,
  ignored: FieldSet,
  force: boolean,
): KubeObject {
  const managers = read(live);
  const before = withoutManagedFields(live);
  if (managers.size === 0 && live.metadata.uid !== undefined) {
    const set = fieldsBeforeFirstApply(schema, builtin, before).recursiveDifference(ignored);
    const { apiVersion, time } = writer;
    const entry: ManagedFieldsEntry = { manager: 'before-first-apply', operation: 'Update', apiVersion };
    if (time !== undefined) entry.time = time;
    if (!set.empty) managers.set(identity(entry), { entry, set });
  }
  const id = identity({ ...writer });
  const last = managers.get(id);
  // Name and namespace are in it until the end: they must survive the pruning.
  const set = fieldsOf(schema, applied).recursiveDifference(ignored);
  const merged = merge(schema, before, applied) as KubeObject;
  managers.set(id, { entry: { ...writer, ...(last ? { time: last.entry.time } : {}) }, set });
  const pruned = last && !last.set.empty ? prune(schema, merged, managers, last.set) : merged;

  const comparison = compare(schema, before, pruned);
  for (const key of ['added', 'modified', 'removed'] as const) {
    comparison[key] = comparison[key].recursiveDifference(ignored);
  }
  const changed = comparison.added.union(comparison.modified);
  const conflicts: { entry: ManagedFieldsEntry; set: FieldSet }[] = [];
  for (const [other, managed] of managers) {
    if (other === id) continue;
    const contested = managed.set.intersection(changed);
    if (!contested.empty) conflicts.push({ entry: managed.entry, set: contested });
  }
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  for (const [other, managed] of managers) {
    if (other === id) continue;
    managed.set = managed.set.difference(changed).difference(comparison.removed);
    if (managed.set.empty) managers.delete(other);
  }
  const same = isSame(comparison);
  const owned = managers.get(id)!;
  owned.set = set.difference(SERVERS_OWN);
  if (owned.set.empty) managers.delete(id);
  else if (!same || !last?.set.equals(owned.set)) owned.entry = { ...writer };
  const result = pruned === merged ? { ...merged } : { ...pruned };
  result.metadata = { ...result.metadata };
  write(result, managers);
  return result;
}

/** What is there and has no owner is taken to be its creator's, so that an apply meets it as a conflict. */
function fieldsBeforeFirstApply(schema: Schema, builtin: boolean, live: KubeObject): FieldSet {
  const { added, modified } = compare(schema, builtin ? emptyOf(schema) : {}, live, builtin);
  return added.union(modified).difference(SERVERS_OWN);
}

/** Takes out of `merged` what this manager applied last time, not this time, and nobody else owns. */
function prune(
  schema: Schema,
  merged: KubeObject,
  managers: Map<string, Managed>,
  last: FieldSet,
): KubeObject {
  const named = (set: FieldSet): FieldSet => set.withNamedFields(schema);
  const mergedSet = named(fieldsOf(schema, merged));
  let pruned = (without(schema, merged, named(last)) ?? {}) as KubeObject;
  let managed = new FieldSet();
  for (const { set } of managers.values()) managed = managed.union(set);
  const setOf = (object: KubeObject): FieldSet => named(fieldsOf(schema, object));
  // Two steps as in the original: what others own comes back, then what hangs on it.
  pruned = (without(schema, merged, mergedSet.difference(setOf(pruned).union(named(managed)))) ??
    {}) as KubeObject;
  pruned = (without(schema, merged, mergedSet.difference(setOf(pruned)).intersection(named(last))) ??
    {}) as KubeObject;
  return pruned;
}

function conflictError(conflicts: { entry: ManagedFieldsEntry; set: FieldSet }[]): StatusError {
  const owner = ({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string => {
    const text = `conflict with ${JSON.stringify(manager)}`;
    const part = subresource ? ` with subresource ${JSON.stringify(subresource)}` : '';
    return text + part + (operation === 'Update' ? ` using ${apiVersion}` : '');
  };
  const causes = conflicts
    .sort((a, b) => order(a.entry.operation, b.entry.operation))
    .flatMap(({ entry, set }) =>
      [...set.paths()].map((field) => ({ reason: 'FieldManagerConflict', message: owner(entry), field })),
    );
  const [first] = causes;
  if (causes.length === 1 && first) {
    const message = `Apply failed with 1 conflict: ${first.message}: ${first.field}`;
    return new StatusError(409, 'Conflict', message, { causes });
  }
  const byOwner = new Map<string, string[]>();
  for (const { message, field } of causes) byOwner.set(message, [...(byOwner.get(message) ?? []), field]);
  const texts = [...byOwner]
    .sort(([a], [b]) => order(a, b))
    .map(([message, fields]) => [
      message.replace('conflict', 'conflicts'),
      ...fields.map((field) => `- ${field}`),
    ])
    .map(([message, ...fields]) => [`${message}:`, ...fields].join('\n'));
  const message = `Apply failed with ${causes.length} conflicts: ${texts.join('\n')}`;
  return new StatusError(409, 'Conflict', message, { causes });
}
