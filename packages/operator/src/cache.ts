import { API_VERSION } from '@forkspacer/contract';
import { type Kube, type KubeObject, watch } from '@forkspacer/kube';
import { keyOf } from './resources.ts';

/**
 * All objects of one kind as last heard of. Good for finding what to look at; before anything is done that matters,
 * the object is read again.
 */
export interface Cache<T extends KubeObject> {
  get(key: string): T | undefined;
  values(): Iterable<T>;
  /** Resolves when everything that was there at the beginning is in; rejects when the kind cannot be watched. */
  synced: Promise<void>;
  /** Resolves when the watch has ended. */
  ended: Promise<void>;
}

export function startCache<T extends KubeObject>(
  kube: Kube,
  kind: string,
  namespace: string | undefined,
  signal: AbortSignal,
  onChange: (key: string, object: T, gone: boolean) => void,
  onFailure: (error: unknown) => void,
): Cache<T> {
  const objects = new Map<string, T>();
  const { promise: synced, resolve, reject } = Promise.withResolvers<void>();
  let started = false;
  const run = async () => {
    for await (const { type, object } of watch(kube, {
      apiVersion: API_VERSION,
      kind,
      signal,
      ...(namespace === undefined ? {} : { namespace }),
    })) {
      if (type === 'SYNCED') {
        started = true;
        resolve();
        continue;
      }
      const key = keyOf(object!);
      if (type === 'DELETED') objects.delete(key);
      else objects.set(key, object as T);
      onChange(key, object as T, type === 'DELETED');
    }
  };
  const ended = run().catch((error) => {
    if (signal.aborted) return;
    if (started) onFailure(error);
    else reject(error);
  });
  return { get: (key) => objects.get(key), values: () => objects.values(), synced, ended };
}
