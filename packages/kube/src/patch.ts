import { throughConflicts } from './conflict.ts';
import type { Kube } from './connect.ts';
import type { KubeObject, ObjectRef } from './object.ts';

export interface PatchOptions {
  /** `merge`: an object with the fields to change, null to remove. `json`: a list of operations. */
  type: 'merge' | 'json';
  subresource?: 'status' | 'scale';
  /** Instead of the handle's. */
  fieldManager?: string;
}

const CONTENT_TYPE = { merge: 'application/merge-patch+json', json: 'application/json-patch+json' };

/**
 * Changes parts of one object. `metadata.resourceVersion` in a merge patch guards it: 409 when the object has changed
 * since. A JSON patch is guarded by its `test` operations (422 when one does not hold); one without is sent again only
 * when it surely was not done.
 */
export async function patch(
  kube: Kube,
  ref: ObjectRef,
  body: unknown,
  { type, subresource, fieldManager = kube.fieldManager }: PatchOptions,
): Promise<KubeObject> {
  const { path, subject } = await kube.locate({ ...ref, ...(subresource && { subresource }) });
  const send = () =>
    kube.request({
      method: 'PATCH',
      path,
      query: { fieldManager },
      body,
      contentType: CONTENT_TYPE[type],
      subject: subject('patch'),
      repeatable:
        type === 'merge' || (Array.isArray(body) && body.some((operation) => operation?.op === 'test')),
    });
  return isGuarded(body) ? send() : throughConflicts(kube, send);
}

/** With a version or a uid in it, a conflict is what the caller asked to be told. */
function isGuarded(body: unknown): boolean {
  const { resourceVersion, uid } =
    (body as { metadata?: { resourceVersion?: unknown; uid?: unknown } }).metadata ?? {};
  return resourceVersion !== undefined || uid !== undefined;
}
