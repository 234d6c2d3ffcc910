import { throughConflicts } from './conflict.ts';
import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { type KubeObject, type NewObject, nameOf } from './object.ts';
import { isOurs, ownerOf, ownLabels } from './own.ts';
import { find } from './read.ts';

export interface ApplyOptions {
  /** Takes fields from other managers. Never for an object of another instance. */
  force?: boolean;
  /** The server answers as if it did it. */
  dryRun?: boolean;
}

/**
 * Server-side apply under the handle's field manager. A handle with an instance puts its labels on, and refuses to
 * adopt: an object that is there already and is not its own stays as it is.
 *
 * @throws KubeError 409 `Conflict` naming field and owner; `NotOurs` naming the owner of the object
 */
export function apply(kube: Kube, object: NewObject, options: ApplyOptions = {}): Promise<KubeObject> {
  return throughConflicts(kube, () => applyOnce(kube, object, options));
}

async function applyOnce(kube: Kube, object: NewObject, options: ApplyOptions): Promise<KubeObject> {
  const { name, namespace } = object.metadata;
  if (!name) {
    throw new KubeError(`${object.kind}: expected metadata.name, found none; apply needs a name`, {
      reason: 'BadName',
    });
  }
  const ref = { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace ? { namespace } : {}) };
  const metadata: NewObject['metadata'] = { ...object.metadata };
  // An apply may not carry what the server keeps there; it would be refused.
  delete metadata.managedFields;
  if (kube.instance) {
    metadata.labels = { ...metadata.labels, ...ownLabels(kube) };
    const there = await find(kube, ref);
    if (there && !isOurs(kube, there)) {
      throw new KubeError(`${nameOf(ref)}: exists and belongs to ${ownerOf(there)}; it is not changed`, {
        status: 409,
        reason: 'NotOurs',
        object: nameOf(ref),
      });
    }
    // Guards against another one that took the name since: the uid would not match.
    if (there?.metadata.uid) metadata.uid = there.metadata.uid;
  }
  const { path, subject } = await kube.locate(ref);
  return kube.request({
    method: 'PATCH',
    path,
    query: {
      fieldManager: kube.fieldManager,
      force: options.force ? true : undefined,
      dryRun: options.dryRun ? 'All' : undefined,
    },
    body: { ...object, metadata },
    contentType: 'application/apply-patch+yaml',
    subject: subject('patch'),
  });
}
