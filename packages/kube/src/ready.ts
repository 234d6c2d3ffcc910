import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { type KubeObject, nameOf, type ObjectRef } from './object.ts';
import { type WaitOptions, waitFor } from './wait.ts';

type Options = Partial<WaitOptions>;

/**
 * Waits until the object is ready: a workload when all its replicas are of the present spec and available, a Job when
 * it is complete, a claim when it is bound, a CRD when it is established, anything else when its conditions say Ready
 * or Available (or when it has no conditions at all).
 *
 * @throws KubeError `Timeout`; `Failed` when the object says that it will not become ready; 404 when it is absent
 */
export async function waitReady(kube: Kube, ref: ObjectRef, options: Options = {}): Promise<KubeObject> {
  const ready = await waitFor(
    kube,
    ref,
    (object) => {
      if (!object) {
        throw new KubeError(`${nameOf(ref)}: not found`, {
          status: 404,
          reason: 'NotFound',
          object: nameOf(ref),
        });
      }
      const why = failureOf(object);
      if (why) throw new KubeError(`${nameOf(ref)}: ${why}`, { reason: 'Failed', object: nameOf(ref) });
      return isReady(object);
    },
    { describe: 'it to be ready', ...options },
  );
  return ready as KubeObject;
}

/** Waits until no object of this name is there, or another one (by uid) has taken it. */
export async function waitGone(
  kube: Kube,
  ref: ObjectRef,
  options: Options & { uid?: string } = {},
): Promise<void> {
  const { uid, ...rest } = options;
  const gone = (object: KubeObject | undefined): boolean =>
    !object || (uid !== undefined && object.metadata.uid !== uid);
  await waitFor(kube, ref, gone, { describe: 'it to be gone', ...rest });
}

/** Whether the controller has seen the spec that is there now. */
export function isObserved(object: KubeObject): boolean {
  const { generation } = object.metadata;
  return generation === undefined || (object.status?.observedGeneration ?? 0) >= generation;
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** Whether it is as `waitReady` waits for. */
export function isReady(object: KubeObject): boolean {
  const { kind, spec = {}, status = {} } = object;
  const replicas: number = spec.replicas ?? 1;
  switch (kind) {
    case 'Deployment':
      return (
        isObserved(object) &&
        (status.updatedReplicas ?? 0) === replicas &&
        (status.replicas ?? 0) === replicas &&
        (status.availableReplicas ?? 0) === replicas
      );
    case 'StatefulSet':
      return (
        isObserved(object) &&
        (status.readyReplicas ?? 0) === replicas &&
        (replicas === 0 ||
          spec.updateStrategy?.type === 'OnDelete' ||
          status.updateRevision === status.currentRevision)
      );
    case 'ReplicaSet':
    case 'ReplicationController':
      return isObserved(object) && (status.readyReplicas ?? 0) === replicas;
    case 'DaemonSet':
      return isObserved(object) && (status.numberReady ?? 0) === (status.desiredNumberScheduled ?? 0);
    case 'PersistentVolumeClaim':
      return status.phase === 'Bound';
    case 'Job':
      return conditionOf(object, 'Complete') === 'True';
    case 'CustomResourceDefinition':
      return conditionOf(object, 'Established') === 'True';
    default: {
      if (!Array.isArray(status.conditions)) return true;
      const said = conditionOf(object, 'Ready') ?? conditionOf(object, 'Available');
      return said === undefined || said === 'True';
    }
  }
}

function failureOf(object: KubeObject): string | undefined {
  const conditions: Condition[] = Array.isArray(object.status?.conditions) ? object.status.conditions : [];
  const failed = conditions.find(({ type, status, reason }) =>
    status === 'True'
      ? type === 'Failed' && object.kind === 'Job'
      : type === 'Progressing' && reason === 'ProgressDeadlineExceeded' && isObserved(object),
  );
  return failed && `will not become ready: ${failed.reason ?? failed.type} ${failed.message ?? ''}`.trim();
}

function conditionOf(object: KubeObject, type: string): string | undefined {
  const conditions: Condition[] = object.status?.conditions ?? [];
  return conditions.find((condition) => condition.type === type)?.status;
}
