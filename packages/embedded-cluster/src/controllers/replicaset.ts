import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { matchesLabels, requirementsOf } from '../selectors.ts';
import { StatusError } from '../status.ts';
import { clone } from '../store/freeze.ts';
import { type Controller, type ControllerOptions, now, reconciler, refOf, watchOwned } from './controller.ts';
import { tell } from './events.ts';
import { claim, isActive, isAvailable, isReady, isTerminating, POD, podFrom } from './pods.ts';
import { sameStatus, withoutZeros } from './status-counts.ts';

export const REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
const COMPONENT = 'replicaset-controller';

/** Keeps as many Pods as a ReplicaSet asks for. */
export const replicaSets: Controller = (options) =>
  reconciler(
    options,
    REPLICA_SET,
    (set) => reconcile(options, set),
    (wake) => [
      watchOwned(options.client, POD, REPLICA_SET, wake),
      // A Pod without an owner may be one that a set is looking for.
      options.client.watch(POD, ({ type, object }) => {
        if (type === 'DELETED' || object.metadata.ownerReferences) return;
        for (const set of options.client.list({ ...REPLICA_SET, namespace: object.metadata.namespace! })) {
          if (fits(set, object)) wake(set.metadata.namespace, set.metadata.name);
        }
      }),
    ],
  );

function fits(set: KubeObject, pod: KubeObject): boolean {
  return matchesLabels(requirementsOf(set.spec.selector), pod.metadata.labels);
}

function reconcile(options: ControllerOptions, set: KubeObject): void {
  const { client } = options;
  let pods = claim(client, set, set.spec.selector, POD);
  let failure: { reason: string; message: string } | undefined;
  if (set.metadata.deletionTimestamp === undefined) {
    const missing = set.spec.replicas - pods.filter(isActive).length;
    try {
      if (missing > 0) create(options, set, missing);
      else if (missing < 0) removeSome(options, set, pods.filter(isActive), -missing);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      failure = { reason: missing > 0 ? 'FailedCreate' : 'FailedDelete', message: error.message };
      updateStatus(options, set, pods, failure);
      throw error;
    }
    if (missing !== 0) pods = claim(client, set, set.spec.selector, POD);
  }
  updateStatus(options, set, pods, failure);
}

function create(options: ControllerOptions, set: KubeObject, count: number): void {
  for (let index = 0; index < count; index++) {
    try {
      const pod = options.client.create(podFrom(set.spec.template, set, `${set.metadata.name}-`));
      tell(options, COMPONENT, set, {
        reason: 'SuccessfulCreate',
        message: `Created pod: ${pod.metadata.name}`,
      });
    } catch (error) {
      if (error instanceof StatusError) {
        const message = `Error creating: ${error.message}`;
        tell(options, COMPONENT, set, { type: 'Warning', reason: 'FailedCreate', message });
      }
      throw error;
    }
  }
}

/** Those that are missed least go first: not bound, not running, not ready, youngest. */
function removeSome(options: ControllerOptions, set: KubeObject, pods: KubeObject[], count: number): void {
  const rank = (pod: KubeObject) => [
    pod.spec.nodeName ? 1 : 0,
    ['Pending', 'Unknown', 'Running'].indexOf(pod.status?.phase),
    isReady(pod) ? 1 : 0,
    -Date.parse(pod.metadata.creationTimestamp!),
  ];
  const ranked = pods.map((pod) => ({ pod, rank: rank(pod) })).sort((a, b) => compare(a.rank, b.rank));
  for (const { pod } of ranked.slice(0, count)) {
    options.client.delete(refOf(pod));
    tell(options, COMPONENT, set, {
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    });
  }
}

function compare(a: number[], b: number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : a[index]! - b[index]!;
}

function updateStatus(
  options: ControllerOptions,
  set: KubeObject,
  pods: KubeObject[],
  failure: { reason: string; message: string } | undefined,
): void {
  const { client, clock } = options;
  const active = pods.filter(isActive);
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const ready = active.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, clock.now()));
  const template = set.spec.template.metadata?.labels ?? {};
  const labelled = active.filter(({ metadata }) =>
    Object.entries(template).every(([key, value]) => metadata.labels?.[key] === value),
  );
  const status = {
    replicas: active.length,
    fullyLabeledReplicas: labelled.length,
    readyReplicas: ready.length,
    availableReplicas: available.length,
    terminatingReplicas: pods.filter(isTerminating).length,
    observedGeneration: set.metadata.generation,
    conditions: conditions(options, set, failure),
  };
  if (available.length < ready.length) {
    // Some become available by nothing but the passing of time.
    clock.after(minReadySeconds * 1000, () => {
      const again = client.find(refOf(set));
      if (again) updateStatus(options, again, claim(client, again, again.spec.selector, POD), failure);
    });
  }
  if (sameStatus(status, set.status)) return;
  const current = client.find(refOf(set));
  if (!current) return;
  const next = clone(current);
  next.status = withoutZeros(status);
  client.update(next, { subresource: 'status' });
}

function conditions(
  options: ControllerOptions,
  set: KubeObject,
  failure: { reason: string; message: string } | undefined,
): Fields[] {
  if (!failure) return [];
  const before = set.status?.conditions?.[0];
  if (before?.reason === failure.reason) return [before];
  return [{ type: 'ReplicaFailure', status: 'True', lastTransitionTime: now(options), ...failure }];
}
