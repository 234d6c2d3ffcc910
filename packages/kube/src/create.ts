import { throughConflicts } from './conflict.ts';
import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import type { KubeObject, NewObject } from './object.ts';
import { read } from './read.ts';

/**
 * Creates one object. A call whose answer was lost is made again; when that finds the object there with everything
 * that was to be in it, it was made by the first.
 *
 * @throws KubeError 409 `AlreadyExists` when another one has the name
 */
export async function create(kube: Kube, object: NewObject): Promise<KubeObject> {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name } = metadata;
  const place = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) };
  const within = namespace ?? (await ownNamespace(kube, object));
  const { path, subject } = await kube.locate({
    ...place,
    ...(within === undefined ? {} : { namespace: within }),
  });
  const named = {
    ...subject('create'),
    object: `${kind} ${within ? `${within}/` : ''}${name ?? metadata.generateName}`,
  };
  try {
    return await throughConflicts(kube, () =>
      kube.request({
        method: 'POST',
        path,
        query: { fieldManager: kube.fieldManager },
        body: object,
        subject: named,
        // With a name that the server makes up, a second one would be another object.
        repeatable: name !== undefined,
      }),
    );
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'AlreadyExists' && error.uncertain) || !name)
      throw error;
    const there = await read(kube, {
      ...place,
      name,
      ...(within === undefined ? {} : { namespace: within }),
    });
    if (!there.metadata.deletionTimestamp && holds(there, object)) return there;
    throw error;
  }
}

async function ownNamespace(kube: Kube, object: NewObject): Promise<string | undefined> {
  const { path } = await kube.locate({ apiVersion: object.apiVersion, kind: object.kind, name: 'any' });
  return path.includes('/namespaces/') ? kube.namespace() : undefined;
}

/** Whether everything in `wanted` is in `there`: the server only adds (defaults, status). */
function holds(there: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(there) &&
      wanted.length === there.length &&
      wanted.every((each, at) => holds(there[at], each))
    );
  }
  if (wanted && typeof wanted === 'object') {
    if (!there || typeof there !== 'object') return false;
    return Object.entries(wanted).every(([key, value]) =>
      // stringData is written only: the server answers with data.
      key === 'stringData' || value === undefined
        ? true
        : holds((there as Record<string, unknown>)[key], value),
    );
  }
  return there === wanted || (wanted === null && there === undefined);
}
