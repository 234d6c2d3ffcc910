import type { Kube } from '../../connect.ts';
import type { KubeObject, ObjectRef } from '../../object.ts';
import { patch } from '../../patch.ts';
import type { Kind } from './kind.ts';
import { SUSPEND } from './suspend.ts';

/** No run begins by night; one that is under way ends by itself. */
export const cronJob: Kind = {
  group: 'batch',
  versions: ['v1'],
  kind: 'CronJob',
  builtin: true,
  turn: 'workload',
  fields: () => [SUSPEND],
  rests: 'suspended already, by its owner',
  isAsleep: () => true,
  isReady: () => true,
  beforeWake: (kube, ref, object, { cronJobs }) =>
    cronJobs === 'skip' ? forgetMissed(kube, ref, object) : Promise.resolve(object),
};

/**
 * An unsuspended CronJob runs at once when a run was due since `status.lastScheduleTime` (cronjob_controllerv2.go,
 * mostRecentScheduleTime; Kubernetes 1.35). With the time set to now, none was. By the clock here: one that is behind
 * the cluster's by a minute makes up for a run of that minute.
 */
function forgetMissed(kube: Kube, ref: ObjectRef, object: KubeObject): Promise<KubeObject> {
  const lastScheduleTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const body = {
    metadata: { resourceVersion: object.metadata.resourceVersion },
    status: { lastScheduleTime },
  };
  // In the controller's name: nothing of ours stays behind.
  const owner = object.metadata.managedFields?.find(
    ({ subresource, fieldsV1 }) =>
      subresource === 'status' && Object.hasOwn(fieldsV1?.['f:status'] ?? {}, 'f:lastScheduleTime'),
  );
  const fieldManager = owner?.manager ?? 'kube-controller-manager';
  return patch(kube, ref, body, { type: 'merge', subresource: 'status', fieldManager });
}
