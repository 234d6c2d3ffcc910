import { FINALIZER } from '@forkspacer/contract';
import { find, type Kube, KubeError, type KubeObject, patch, refOf } from '@forkspacer/kube';

/** Puts our finalizer on, when it is not there. Gives back the object as it is then. @throws KubeError 409 when stale */
export async function addFinalizer<T extends KubeObject>(kube: Kube, object: T): Promise<T> {
  const { finalizers = [], resourceVersion, uid } = object.metadata;
  if (finalizers.includes(FINALIZER)) return object;
  const body = { metadata: { uid, resourceVersion, finalizers: [...finalizers, FINALIZER] } };
  return (await patch(kube, refOf(object), body, { type: 'merge' })) as T;
}

/** Takes our finalizer off, and leaves those of others. */
export async function removeFinalizer(kube: Kube, object: KubeObject): Promise<void> {
  for (;;) {
    const there = await find(kube, refOf(object));
    if (!there || there.metadata.uid !== object.metadata.uid) return;
    const { finalizers = [], resourceVersion, uid } = there.metadata;
    if (!finalizers.includes(FINALIZER)) return;
    // A list has no owner for each entry: the version guards against an entry that came since.
    const body = {
      metadata: { uid, resourceVersion, finalizers: finalizers.filter((each) => each !== FINALIZER) },
    };
    try {
      await patch(kube, refOf(object), body, { type: 'merge' });
      return;
    } catch (error) {
      if (!(error instanceof KubeError && (error.status === 409 || error.status === 404))) throw error;
    }
  }
}
