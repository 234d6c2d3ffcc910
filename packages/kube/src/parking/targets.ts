import type { Kube } from '../connect.ts';
import { KubeError } from '../error.ts';
import { list, type Selection } from '../list.ts';
import { type KubeObject, nameOf, type ObjectRef, refOf } from '../object.ts';
import { find } from '../read.ts';

/** What is to sleep or wake: the objects named, or all that the selector (an empty one: the namespace) finds. */
export interface Target {
  namespace: string;
  objects?: ObjectRef[];
  /** A label selector, as kubectl takes it. */
  selector?: string;
}

/** The kinds that can be parked. Each takes replicas at `spec.replicas` and tells of them in `status.replicas`. */
export const KINDS = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
];

/** Objects that one watch follows, and the version from which it does. */
export interface Batch {
  selection: Selection;
  resourceVersion?: string;
  objects: { ref: ObjectRef; object?: KubeObject }[];
}

/** Reads the targets: one list for each kind, or one read for each name. */
export async function readTargets(kube: Kube, target: Target): Promise<Batch[]> {
  const { namespace, objects, selector } = target;
  if (objects) {
    const batches: Batch[] = [];
    for (const named of objects) {
      const ref = { ...named, namespace: named.namespace ?? namespace };
      const known = KINDS.some((each) => each.apiVersion === ref.apiVersion && each.kind === ref.kind);
      if (!known) {
        const kinds = KINDS.map((each) => each.kind).join(', ');
        throw new KubeError(`${nameOf(ref)}: expected one of ${kinds}, found ${ref.apiVersion} ${ref.kind}`, {
          reason: 'BadKind',
          object: nameOf(ref),
        });
      }
      const object = await find(kube, ref);
      const { apiVersion, kind, name } = ref;
      const selection = {
        apiVersion,
        kind,
        namespace: ref.namespace,
        fieldSelector: `metadata.name=${name}`,
      };
      batches.push({ selection, objects: [{ ref, ...(object && { object }) }] });
    }
    return batches;
  }
  return Promise.all(
    KINDS.map(async (each) => {
      const selection = { ...each, namespace, ...(selector ? { labelSelector: selector } : {}) };
      const { items, resourceVersion } = await list(kube, selection);
      return { selection, resourceVersion, objects: items.map((object) => ({ ref: refOf(object), object })) };
    }),
  );
}
