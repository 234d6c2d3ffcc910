/** Garbage collection: what is owned goes with its owners. */
import type { Client } from '../client.ts';
import type { Api } from '../machinery/api.ts';
import type { KubeObject, ObjectRef, OwnerReference } from '../object.ts';
import { clone } from '../store/freeze.ts';
import { workQueue } from './queue.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

export function collectGarbage(api: Api, inner: Client): () => void {
  const client = inner.as('kube-controller-manager');
  const { store, registry } = api;

  /** Looks at one object: is it still wanted by an owner, and are its own dependents dealt with? */
  const look = (uid: string): void => {
    const object = store.byUid(uid)?.object;
    if (!object) {
      for (const dependent of store.ownedBy(uid)) look(dependent.object.metadata.uid!);
      return;
    }
    const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    if (deletionTimestamp !== undefined) {
      if (finalizers.includes(ORPHAN)) orphan(object);
      else if (finalizers.includes(FOREGROUND)) foreground(object);
      return;
    }
    if (ownerReferences.length === 0) return;
    const states = ownerReferences.map((owner) => ({ owner, state: stateOf(object, owner) }));
    if (states.some(({ state }) => state === 'alive')) {
      const gone = states.filter(({ state }) => state !== 'alive');
      if (gone.length === 0) return;
      const kept = states.filter(({ state }) => state === 'alive').map(({ owner }) => owner);
      client.patch(refOf(object), { metadata: { ownerReferences: kept } }, { type: 'merge' });
      return;
    }
    const waiting = states.some(({ state }) => state === 'waits for dependents');
    const policy =
      waiting && store.ownedBy(uid).length > 0
        ? 'Foreground'
        : finalizers.includes(ORPHAN)
          ? 'Orphan'
          : finalizers.includes(FOREGROUND)
            ? 'Foreground'
            : 'Background';
    client.delete(refOf(object), { propagationPolicy: policy, preconditions: { uid } });
  };

  const stateOf = (
    object: KubeObject,
    reference: OwnerReference,
  ): 'alive' | 'gone' | 'waits for dependents' => {
    const kind = registry.byKind(reference.apiVersion, reference.kind);
    // The owner's kind may be a custom one that is not there yet: better too much than a wrong deletion.
    if (!kind) return 'alive';
    const namespace = kind.resource.namespaced ? (object.metadata.namespace ?? '') : '';
    const owner = kind.table.get(namespace, reference.name);
    if (!owner || owner.metadata.uid !== reference.uid) return 'gone';
    const { deletionTimestamp, finalizers = [] } = owner.metadata;
    return deletionTimestamp !== undefined && finalizers.includes(FOREGROUND)
      ? 'waits for dependents'
      : 'alive';
  };

  const foreground = (owner: KubeObject): void => {
    const dependents = store.ownedBy(owner.metadata.uid!).map(({ object }) => object);
    const blocking = dependents.filter(({ metadata }) =>
      metadata.ownerReferences?.some(
        (each) => each.uid === owner.metadata.uid && each.blockOwnerDeletion === true,
      ),
    );
    for (const dependent of dependents) queue.add(dependent.metadata.uid!);
    if (blocking.length === 0) release(owner, FOREGROUND);
  };

  const orphan = (owner: KubeObject): void => {
    for (const { object } of store.ownedBy(owner.metadata.uid!)) {
      const kept = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
      const ownerReferences = kept.length > 0 ? kept : null;
      client.patch(refOf(object), { metadata: { ownerReferences } }, { type: 'merge' });
    }
    release(owner, ORPHAN);
  };

  const release = (owner: KubeObject, finalizer: string): void => {
    const next = clone(client.get(refOf(owner)));
    next.metadata.finalizers = (next.metadata.finalizers ?? []).filter((each) => each !== finalizer);
    client.update(next);
  };

  const queue = workQueue<string>((uid) => look(uid));
  const unwatch = store.onChange((_table, old, object) => {
    const uid = (object ?? old)!.metadata.uid!;
    if (object === undefined) {
      for (const { object: dependent } of store.ownedBy(uid)) queue.add(dependent.metadata.uid!);
      // An owner in foreground deletion may have waited for this one.
      for (const owner of old?.metadata.ownerReferences ?? []) queue.add(owner.uid);
    } else if (object.metadata.deletionTimestamp !== undefined) {
      if ((object.metadata.finalizers ?? []).length > 0) queue.add(uid);
    } else if (
      object.metadata.ownerReferences !== undefined &&
      object.metadata.ownerReferences !== old?.metadata.ownerReferences
    ) {
      queue.add(uid);
    }
  });
  return () => {
    unwatch();
    queue.stop();
  };
}

function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name, namespace } = metadata;
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, name, namespace };
}
