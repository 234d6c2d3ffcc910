import { throughConflicts } from './conflict.ts';
import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { type KubeObject, nameOf, type ObjectRef } from './object.ts';
import { isOurs, ownerOf } from './own.ts';
import { find } from './read.ts';
import { waitGone } from './ready.ts';

export interface RemoveOptions {
  /** Only what carries the label of the handle's instance (the default). */
  ifOurs?: boolean;
  /** Only the object with this uid; another one of the same name stays, and that is success. */
  uid?: string;
  /** Waits until it is gone with all that it owns (the default). */
  wait?: boolean;
  onProgress?: (object: KubeObject | undefined) => void;
  /** ms to wait; the handle's deadline ends it earlier. */
  timeLimit?: number;
}

/**
 * Deletes one object, in the foreground: what it owns goes first. An absent one is success.
 *
 * @throws KubeError `NotOurs` naming the owner; `Timeout` naming what holds it (finalizers)
 */
export async function remove(kube: Kube, ref: ObjectRef, options: RemoveOptions = {}): Promise<void> {
  const { ifOurs = true, wait = true, onProgress, timeLimit } = options;
  const there = await find(kube, ref);
  if (!there || (options.uid !== undefined && there.metadata.uid !== options.uid)) return;
  const object = nameOf(ref);
  if (ifOurs && !isOurs(kube, there)) {
    throw new KubeError(`${object}: belongs to ${ownerOf(there)}; it is not deleted`, {
      status: 409,
      reason: 'NotOurs',
      object,
    });
  }
  const uid = there.metadata.uid;
  const { path, subject } = await kube.locate(ref);
  const answer = await throughConflicts(kube, async (): Promise<KubeObject | undefined> => {
    try {
      return await kube.request({
        method: 'DELETE',
        path,
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy: 'Foreground',
          // Between the read and this, it may have been deleted and made again by someone else.
          ...(uid === undefined ? {} : { preconditions: { uid } }),
        },
        subject: subject('delete'),
      });
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.status === 404) return undefined;
      if (error.status === 409 && (await find(kube, ref))?.metadata.uid !== uid) return undefined;
      throw error;
    }
  });
  // A Status instead of the object says that it is gone already.
  if (!answer || !wait || answer.kind === 'Status') return;
  let last: KubeObject | undefined = there;
  try {
    await waitGone(kube, ref, {
      ...(answer.metadata?.resourceVersion ? { from: answer } : {}),
      ...(uid === undefined ? {} : { uid }),
      ...(timeLimit === undefined ? {} : { timeLimit }),
      onProgress(seen) {
        last = seen;
        onProgress?.(seen);
      },
    });
  } catch (error) {
    const held = last?.metadata.finalizers?.join(', ');
    if (!(error instanceof KubeError) || error.reason !== 'Timeout' || !held) throw error;
    throw new KubeError(`${object}: is deleted but held by its finalizers ${held}`, {
      reason: 'Timeout',
      object,
    });
  }
}
