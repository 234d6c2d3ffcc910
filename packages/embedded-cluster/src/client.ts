import type { KubeObject, ObjectRef } from './object.ts';

/**
 * The cluster from inside, for controllers: the same admission, defaults, validation, versions and managedFields
 * as over HTTP. Everything is synchronous: between a read and a write in one turn nothing else happens. Objects
 * that come back are frozen and shared; `structuredClone` before changing one. Refusals are thrown as StatusError.
 */
export interface Client {
  get(ref: ObjectRef): KubeObject;
  find(ref: ObjectRef): KubeObject | undefined;
  list(query: ListQuery): KubeObject[];
  /** What has an ownerReference to this uid, of any kind. */
  ownedBy(uid: string): KubeObject[];
  create(object: KubeObject): KubeObject;
  /** PUT. With metadata.resourceVersion a stale version is refused with 409. */
  update(object: KubeObject, options?: { subresource?: string }): KubeObject;
  patch(ref: ObjectRef, body: unknown, options: PatchOptions): KubeObject;
  /** No error when there is none. Returns what is left of the object, if finalizers or grace hold it. */
  delete(ref: ObjectRef, options?: DeleteOptions): KubeObject | undefined;
  /**
   * Calls back for every object there is (ADDED), then for every change; never during the call itself or inside
   * a write, always in a later microtask, in order. Returns how to stop.
   */
  watch(query: ListQuery, handler: (event: WatchEvent) => void): () => void;
  /** The same cluster under another field manager (`kube-controller-manager` is the default). */
  as(fieldManager: string): Client;
}

export interface ListQuery {
  apiVersion: string;
  kind: string;
  namespace?: string;
  /** As on the wire: `app=web,tier in (a,b)`. */
  labelSelector?: string;
  fieldSelector?: string;
}

export interface PatchOptions {
  type: 'merge' | 'json' | 'strategic' | 'apply';
  subresource?: string;
  force?: boolean;
}

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
  /** What it was before, for MODIFIED and DELETED. */
  old?: KubeObject;
}
