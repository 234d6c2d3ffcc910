import type { Client, ListQuery, WatchEvent } from '../client.ts';
import type { KubeObject, ObjectRef } from '../object.ts';
import { StatusError } from '../status.ts';
import { clone } from '../store/freeze.ts';
import type { Api, Target } from './api.ts';
import type { Kind } from './kind.ts';
import { selection } from './selection.ts';

/** The Client of client.ts over the API. */
export function innerClient(api: Api, manager = 'kube-controller-manager'): Client {
  const kindOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): Kind => {
    const found = api.registry.byKind(apiVersion, kind);
    if (!found)
      throw new StatusError(404, 'NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`, {});
    return found;
  };
  const targetOf = (ref: ObjectRef, subresource?: string): Target => {
    const kind = kindOf(ref);
    const target: Target = {
      kind,
      namespace: kind.resource.namespaced ? (ref.namespace ?? '') : '',
      name: ref.name,
    };
    if (subresource !== undefined) target.subresource = subresource;
    return target;
  };
  const refOf = ({ apiVersion, kind, metadata }: KubeObject): ObjectRef => ({
    apiVersion,
    kind,
    ...metadata,
  });
  const options = { manager, fieldValidation: 'Ignore' as const };

  return {
    get: (ref) => api.get(targetOf(ref)),
    find: (ref) => api.find(targetOf(ref)),
    list: (query) => {
      const kind = kindOf(query);
      const chosen = selection(kind.resource, query.labelSelector, query.fieldSelector);
      return kind.table
        .list(query.namespace)
        .map((stored) => kind.fromStored(stored))
        .filter(chosen);
    },
    ownedBy: (uid) => api.store.ownedBy(uid).map(({ object }) => object),
    create: (object) => api.create(kindOf(object), object.metadata.namespace ?? '', clone(object), options),
    update: (object, { subresource } = {}) =>
      api.update(targetOf(refOf(object), subresource), clone(object), options),
    patch: (ref, body, { type, subresource, force }) =>
      api.patch(
        targetOf(ref, subresource),
        type,
        clone(body),
        force === undefined ? options : { ...options, force },
      ),
    delete: (ref, deletion = {}) => {
      const target = targetOf(ref);
      if (!api.find(target)) return undefined;
      const { object, gone } = api.delete(target, deletion, {});
      return gone ? undefined : object;
    },
    watch: (query, handler) => watch(kindOf(query), query, handler),
    as: (fieldManager) => innerClient(api, fieldManager),
  };
}

function watch(kind: Kind, query: ListQuery, handler: (event: WatchEvent) => void): () => void {
  const chosen = selection(kind.resource, query.labelSelector, query.fieldSelector);
  const queue: WatchEvent[] = [];
  let stopped = false;
  let due = false;
  const drain = (): void => {
    due = false;
    for (let event = queue.shift(); event && !stopped; event = queue.shift()) handler(event);
  };
  const push = (event: WatchEvent): void => {
    queue.push(event);
    if (due) return;
    due = true;
    queueMicrotask(drain);
  };
  for (const stored of kind.table.list(query.namespace)) {
    const object = kind.fromStored(stored);
    if (chosen(object)) push({ type: 'ADDED', object });
  }
  const unwatch = kind.table.watch(Number.MAX_SAFE_INTEGER, (change) => {
    if (query.namespace !== undefined && change.object.metadata.namespace !== query.namespace) return;
    const event = eventFor(kind, change, chosen);
    if (event) push(event);
  });
  return () => {
    stopped = true;
    unwatch();
  };
}

/** A change as it looks through a selector: what begins to match is ADDED, what no longer does is DELETED. */
export function eventFor(
  kind: Kind,
  change: { type: WatchEvent['type']; object: KubeObject; old?: KubeObject },
  chosen: (object: KubeObject) => boolean,
): WatchEvent | undefined {
  const object = kind.fromStored(change.object);
  const old = change.old && kind.fromStored(change.old);
  const now = change.type !== 'DELETED' && chosen(object);
  const before = old !== undefined && chosen(old);
  if (now) return before ? { type: 'MODIFIED', object, old } : { type: 'ADDED', object };
  if (!before) return undefined;
  if (change.type === 'DELETED') return { type: 'DELETED', object, old };
  // It is still there, only out of sight: told with its last visible state under the new version.
  const { resourceVersion } = object.metadata;
  return {
    type: 'DELETED',
    object: { ...old, metadata: { ...old.metadata, resourceVersion } } as KubeObject,
    old,
  };
}
