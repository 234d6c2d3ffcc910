import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { clone, same } from '../store/freeze.ts';
import {
  type Condition,
  type Controller,
  type ControllerOptions,
  conditionOf,
  controllerOf,
  now,
  reconciler,
  refOf,
  watchOwned,
} from './controller.ts';
import { tell } from './events.ts';
import { claim, isActive, isReady, isTerminating, POD, podFrom } from './pods.ts';

export const JOB = { apiVersion: 'batch/v1', kind: 'Job' };
const COMPONENT = 'job-controller';
const TRACKING = 'batch.kubernetes.io/job-tracking';

/** Runs Pods until enough of them have succeeded. Indexed Jobs and podFailurePolicy are not known. */
export const jobs: Controller = (options) => {
  const stopJobs = reconciler(
    options,
    JOB,
    (job) => reconcile(options, job),
    (wake) => [watchOwned(options.client, POD, JOB, wake)],
  );
  // A Pod whose Job is gone, or has let go of it, is counted by nobody.
  const stopPods = reconciler(
    options,
    POD,
    (pod) => {
      if (!pod.metadata.finalizers?.includes(TRACKING)) return;
      const owner = controllerOf(pod);
      const ref = { ...JOB, name: owner?.name ?? '', namespace: pod.metadata.namespace! };
      const job = owner && options.client.find(ref);
      if (!job || job.metadata.uid !== owner.uid) untrack(options, pod);
    },
    (wake) => [
      options.client.watch(JOB, ({ type, object }) => {
        if (type !== 'DELETED') return;
        for (const { kind, metadata } of options.client.ownedBy(object.metadata.uid!)) {
          if (kind === 'Pod') wake(metadata.namespace, metadata.name);
        }
      }),
    ],
  );
  return () => {
    stopJobs();
    stopPods();
  };
};

export function isJobFinished({ status }: KubeObject): boolean {
  return ['Complete', 'Failed'].some((type) => conditionOf(status, type)?.status === 'True');
}

function reconcile(options: ControllerOptions, job: KubeObject): void {
  const { client } = options;
  const { spec, metadata } = job;
  let pods = claim(client, job, spec.selector, POD);
  if (metadata.deletionTimestamp !== undefined || isJobFinished(job)) {
    for (const pod of pods) untrack(options, pod);
    if (isJobFinished(job)) expire(options, job);
    return;
  }
  const status = clone(job.status ?? {});
  count(options, pods, status);
  if (!spec.suspend) status.startTime ??= now(options);

  const outcome = outcomeOf(options, job, status);
  if (outcome) {
    for (const pod of pods.filter(isActive)) client.delete(refOf(pod));
  } else if (spec.suspend) {
    for (const pod of pods.filter(isActive)) remove(options, job, pod);
    setCondition(options, status, {
      type: 'Suspended',
      status: 'True',
      reason: 'JobSuspended',
      message: 'Job suspended',
    });
  } else {
    if (conditionOf(status, 'Suspended')?.status === 'True') {
      setCondition(options, status, {
        type: 'Suspended',
        status: 'False',
        reason: 'JobResumed',
        message: 'Job resumed',
      });
      status.startTime = now(options);
    }
    run(options, job, pods.filter(isActive), status.succeeded ?? 0);
  }
  pods = claim(client, job, spec.selector, POD);
  for (const pod of pods) untrackFinished(options, pod);
  pods = claim(client, job, spec.selector, POD);
  const active = pods.filter(isActive);
  status.active = active.length;
  status.ready = active.filter(isReady).length;
  status.terminating = pods.filter(isTerminating).length;
  status.uncountedTerminatedPods = {};
  for (const condition of outcome ?? []) setCondition(options, status, condition);
  if (outcome?.some(({ type }) => type === 'Complete')) status.completionTime = now(options);
  for (const name of ['active', 'succeeded', 'failed']) if (status[name] === 0) delete status[name];
  if (same(status, job.status)) return;
  const current = client.find(refOf(job));
  if (current) client.update({ ...clone(current), status }, { subresource: 'status' });
}

/** Pods that ended are counted once: a Pod with its finalizer has not been. */
function count(options: ControllerOptions, pods: KubeObject[], status: Fields): void {
  for (const pod of pods) {
    if (!pod.metadata.finalizers?.includes(TRACKING)) continue;
    if (pod.status?.phase === 'Succeeded') status.succeeded = (status.succeeded ?? 0) + 1;
    else if (pod.status?.phase === 'Failed') status.failed = (status.failed ?? 0) + 1;
    else if (pod.metadata.deletionTimestamp === undefined) continue;
    untrack(options, pod);
  }
}

function outcomeOf(options: ControllerOptions, job: KubeObject, status: Fields): Condition[] | undefined {
  const { spec } = job;
  const both = (first: string, last: string, reason: string, message: string): Condition[] =>
    [first, last].map((type) => ({ type, status: 'True', reason, message }));
  const succeeded = status.succeeded ?? 0;
  const failed = status.failed ?? 0;
  const wanted = spec.completions ?? 1;
  if (succeeded >= wanted && (spec.completions !== undefined || succeeded > 0)) {
    const message = 'Reached expected number of succeeded pods';
    tell(options, COMPONENT, job, { reason: 'Completed', message: 'Job completed' });
    return both('SuccessCriteriaMet', 'Complete', 'CompletionsReached', message);
  }
  if (failed > spec.backoffLimit) {
    const message = 'Job has reached the specified backoff limit';
    tell(options, COMPONENT, job, { type: 'Warning', reason: 'BackoffLimitExceeded', message });
    return both('FailureTarget', 'Failed', 'BackoffLimitExceeded', message);
  }
  if (spec.activeDeadlineSeconds !== undefined && status.startTime && !spec.suspend) {
    const due = Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000;
    const message = 'Job was active longer than specified deadline';
    if (due <= options.clock.now()) return both('FailureTarget', 'Failed', 'DeadlineExceeded', message);
    options.clock.after(due - options.clock.now(), () => again(options, job));
  }
  return undefined;
}

function again(options: ControllerOptions, job: KubeObject): void {
  const current = options.client.find(refOf(job));
  if (current) reconcile(options, current);
}

function run(options: ControllerOptions, job: KubeObject, active: KubeObject[], succeeded: number): void {
  const { spec, metadata } = job;
  const remaining = spec.completions === undefined ? spec.parallelism : spec.completions - succeeded;
  const wanted = Math.max(0, Math.min(spec.parallelism, remaining));
  for (const pod of active.slice(wanted)) remove(options, job, pod);
  for (let index = active.length; index < wanted; index++) {
    const pod = podFrom(spec.template, job, `${metadata.name}-`);
    pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), TRACKING];
    const created = options.client.create(pod);
    tell(options, COMPONENT, job, {
      reason: 'SuccessfulCreate',
      message: `Created pod: ${created.metadata.name}`,
    });
  }
}

function remove(options: ControllerOptions, job: KubeObject, pod: KubeObject): void {
  untrack(options, pod);
  options.client.delete(refOf(pod));
  tell(options, COMPONENT, job, { reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` });
}

function untrackFinished(options: ControllerOptions, pod: KubeObject): void {
  if (!isActive(pod)) untrack(options, pod);
}

function untrack({ client }: ControllerOptions, pod: KubeObject): void {
  const current = client.find(refOf(pod));
  if (!current?.metadata.finalizers?.includes(TRACKING)) return;
  const next = clone(current);
  next.metadata.finalizers = next.metadata.finalizers!.filter((finalizer) => finalizer !== TRACKING);
  client.update(next);
}

function setCondition(options: ControllerOptions, status: Fields, condition: Condition): void {
  const before = conditionOf(status, condition.type);
  if (before?.status === condition.status) return;
  const time = now(options);
  status.conditions = [
    ...(status.conditions ?? []).filter(({ type }: Fields) => type !== condition.type),
    { ...condition, lastProbeTime: time, lastTransitionTime: time },
  ];
}

/** A finished Job with ttlSecondsAfterFinished goes away by itself. */
function expire(options: ControllerOptions, job: KubeObject): void {
  const { ttlSecondsAfterFinished } = job.spec;
  if (ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined) return;
  const finished = ['Complete', 'Failed'].map((type) => conditionOf(job.status, type)).find(Boolean);
  const due = Date.parse(finished.lastTransitionTime) + ttlSecondsAfterFinished * 1000;
  const { client, clock } = options;
  clock.after(Math.max(0, due - clock.now()), () => {
    client.delete(refOf(job), { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid! } });
  });
}
