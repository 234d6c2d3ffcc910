import type { KubeObject, ObjectMeta } from '../object.ts';
import { expired } from '../status.ts';
import { freeze } from './freeze.ts';

/** One write: what etcd calls an event. Objects are frozen, in the form in which they are kept. */
export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  version: number;
  object: KubeObject;
  old?: KubeObject;
}

export interface Located {
  table: Table;
  object: KubeObject;
}

/** How many writes per table a watch can go back. Older ones are "compacted": 410. */
const WINDOW = 20_000;

/** All objects of one group and plural. */
export class Table {
  readonly group: string;
  readonly plural: string;
  /** Writes up to this version are forgotten. */
  compacted = 0;
  readonly #store: Store;
  readonly #namespaces = new Map<string, Map<string, KubeObject>>();
  /** Sorted views, made again after the set of names has changed. Key: namespace, or undefined for all. */
  readonly #sorted = new Map<string | undefined, KubeObject[]>();
  #log: Change[] = [];
  readonly #watchers = new Set<(change: Change) => void>();

  constructor(store: Store, group: string, plural: string) {
    this.#store = store;
    this.group = group;
    this.plural = plural;
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  get size(): number {
    let size = 0;
    for (const names of this.#namespaces.values()) size += names.size;
    return size;
  }

  /** In the order of etcd's keys: namespace/name. The array is the table's own and changes with it. */
  list(namespace?: string): readonly KubeObject[] {
    const known = this.#sorted.get(namespace);
    if (known) return known;
    const maps =
      namespace === undefined
        ? [...this.#namespaces.values()]
        : [this.#namespaces.get(namespace) ?? new Map()];
    const items = maps.flatMap((names) => [...names.values()]).sort(byKey);
    this.#sorted.set(namespace, items);
    return items;
  }

  /** As `list` was right after that version was written. Throws 410 when that is too long ago. */
  listAt(version: number, namespace?: string): readonly KubeObject[] {
    if (version >= this.#store.version) return this.list(namespace);
    if (version < this.compacted) throw tooOld(version, this.compacted);
    const then = new Map(this.list(namespace).map((object) => [keyOf(object), object]));
    for (let index = this.#log.length - 1; index >= 0; index--) {
      const change = this.#log[index]!;
      if (change.version <= version) break;
      if (namespace !== undefined && (change.object.metadata.namespace ?? '') !== namespace) continue;
      if (change.old) then.set(keyOf(change.object), change.old);
      else then.delete(keyOf(change.object));
    }
    return [...then.values()].sort(byKey);
  }

  /** Keeps the object under a new resourceVersion and tells the watchers. `object` becomes frozen. */
  put(object: KubeObject): KubeObject {
    const namespace = object.metadata.namespace ?? '';
    const { name } = object.metadata;
    const version = this.#store.next();
    object.metadata.resourceVersion = String(version);
    object.metadata = inOrder(object.metadata);
    freeze(object);
    const names = this.#namespaces.get(namespace) ?? new Map<string, KubeObject>();
    this.#namespaces.set(namespace, names);
    const old = names.get(name);
    names.set(name, object);
    if (old) {
      this.#replaceSorted(undefined, old, object);
      this.#replaceSorted(namespace, old, object);
    } else {
      this.#forgetSorted(namespace);
    }
    this.#store.index(this, old, object);
    this.#append(old ? { type: 'MODIFIED', version, object, old } : { type: 'ADDED', version, object });
    return object;
  }

  /** Takes the object out; the last event carries the version of the deletion. */
  delete(object: KubeObject): KubeObject {
    const namespace = object.metadata.namespace ?? '';
    const names = this.#namespaces.get(namespace);
    const old = names?.get(object.metadata.name);
    if (!names || !old) return object;
    names.delete(object.metadata.name);
    if (names.size === 0) this.#namespaces.delete(namespace);
    this.#forgetSorted(namespace);
    const version = this.#store.next();
    const last = freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
    this.#store.index(this, old, undefined);
    this.#append({ type: 'DELETED', version, object: last, old });
    return last;
  }

  /**
   * Calls back for every change after `version`: those that lie in the past at once, the others as they come,
   * from inside the write. Throws 410 when the past does not reach back that far.
   */
  watch(version: number, watcher: (change: Change) => void): () => void {
    if (version < this.compacted) throw tooOld(version, this.compacted);
    for (let index = firstAfter(this.#log, version); index < this.#log.length; index++)
      watcher(this.#log[index]!);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  compact(): void {
    this.compacted = this.#store.version;
    this.#log = [];
  }

  #append(change: Change): void {
    this.#log.push(change);
    if (this.#log.length > WINDOW * 1.5) {
      const gone = this.#log.length - WINDOW;
      this.compacted = this.#log[gone - 1]!.version;
      this.#log = this.#log.slice(gone);
    }
    for (const watcher of [...this.#watchers]) watcher(change);
  }

  #forgetSorted(namespace: string): void {
    this.#sorted.delete(undefined);
    this.#sorted.delete(namespace);
  }

  #replaceSorted(view: string | undefined, old: KubeObject, object: KubeObject): void {
    const items = this.#sorted.get(view);
    if (!items) return;
    const key = keyOf(old);
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keyOf(items[middle]!) < key) low = middle + 1;
      else high = middle;
    }
    if (items[low] === old) items[low] = object;
    else this.#sorted.delete(view);
  }
}

/** Everything the cluster knows, in memory, under one counter of versions as in etcd. */
export class Store {
  version = 1;
  /** Tables know nothing of what was before this version. */
  #beginning = 0;
  readonly #tables = new Map<string, Table>();
  readonly #byUid = new Map<string, Located>();
  readonly #byOwner = new Map<string, Map<string, Located>>();
  readonly #watchers = new Set<
    (table: Table, old: KubeObject | undefined, object: KubeObject | undefined) => void
  >();

  table(group: string, plural: string): Table {
    const key = `${group}/${plural}`;
    let table = this.#tables.get(key);
    if (!table) {
      table = new Table(this, group, plural);
      table.compacted = this.#beginning;
      this.#tables.set(key, table);
    }
    return table;
  }

  tables(): Iterable<Table> {
    return this.#tables.values();
  }

  next(): number {
    return ++this.version;
  }

  byUid(uid: string): Located | undefined {
    return this.#byUid.get(uid);
  }

  /** Everything with an ownerReference to that uid. */
  ownedBy(uid: string): Located[] {
    return [...(this.#byOwner.get(uid)?.values() ?? [])];
  }

  /** Called from inside every write, of whatever table. */
  onChange(
    watcher: (table: Table, old: KubeObject | undefined, object: KubeObject | undefined) => void,
  ): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Forgets the past: every watch or list from an older version is answered with 410 from now on. */
  compact(): void {
    this.#beginning = this.version;
    for (const table of this.#tables.values()) table.compact();
  }

  index(table: Table, old: KubeObject | undefined, object: KubeObject | undefined): void {
    const uid = (object ?? old)?.metadata.uid ?? '';
    for (const owner of old?.metadata.ownerReferences ?? []) {
      const owned = this.#byOwner.get(owner.uid);
      owned?.delete(uid);
      if (owned?.size === 0) this.#byOwner.delete(owner.uid);
    }
    if (object) {
      this.#byUid.set(uid, { table, object });
      for (const owner of object.metadata.ownerReferences ?? []) {
        const owned = this.#byOwner.get(owner.uid) ?? new Map<string, Located>();
        this.#byOwner.set(owner.uid, owned);
        owned.set(uid, { table, object });
      }
    } else {
      this.#byUid.delete(uid);
    }
    for (const watcher of this.#watchers) watcher(table, old, object);
  }
}

export function tooOld(version: number, compacted: number): Error {
  return expired(`too old resource version: ${version} (${compacted})`);
}

/** The end of the key under which etcd would keep it. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

const ORDER = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** The order in which Go writes the fields, and people are used to read them. */
function inOrder(metadata: ObjectMeta): ObjectMeta {
  const result: Record<string, unknown> = {};
  for (const key of ORDER) if (metadata[key] !== undefined) result[key] = metadata[key];
  return result as unknown as ObjectMeta;
}

function byKey(a: KubeObject, b: KubeObject): number {
  const left = keyOf(a);
  const right = keyOf(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function firstAfter(log: readonly Change[], version: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (log[middle]!.version <= version) low = middle + 1;
    else high = middle;
  }
  return low;
}
