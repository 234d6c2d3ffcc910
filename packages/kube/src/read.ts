import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import type { KubeObject, ObjectRef } from './object.ts';

/** Reads one object. @throws KubeError 404 when it is absent */
export async function read(kube: Kube, ref: ObjectRef): Promise<KubeObject> {
  const { path, subject } = await kube.locate(placeOf(ref));
  return kube.request({ method: 'GET', path, subject: subject('get') });
}

/** Reads one object; undefined when it is absent, also when the cluster does not know its kind. */
export async function find(kube: Kube, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await read(kube, ref);
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}

function placeOf({ apiVersion, kind, name, namespace }: ObjectRef): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
