import { timestamp } from '../clock.ts';
import type { KubeObject } from '../object.ts';
import { parseCron } from '../resources/cron-schedule.ts';
import type { Fields } from '../resources/fields.ts';
import { StatusError } from '../status.ts';
import { clone, same } from '../store/freeze.ts';
import {
  type Controller,
  type ControllerOptions,
  conditionOf,
  controlledBy,
  controllerOf,
  reconciler,
  refOf,
  watchOwned,
} from './controller.ts';
import { tell } from './events.ts';
import { isJobFinished, JOB } from './job.ts';

const CRON_JOB = { apiVersion: 'batch/v1', kind: 'CronJob' };
const COMPONENT = 'cronjob-controller';
const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** More missed runs than these are not counted, as in the real controller. */
const MISSED_MOST = 100;

/** Makes Jobs by the cluster's clock. Of runs that were missed only the last is made up for. */
export const cronJobs: Controller = (options) => {
  const timers = new Map<string, () => void>();
  const stop = reconciler(
    options,
    CRON_JOB,
    (cronJob) => {
      timers.get(cronJob.metadata.uid!)?.();
      const next = reconcile(options, cronJob);
      if (next === undefined) return;
      const wake = () => {
        const again = options.client.find(refOf(cronJob));
        // A write that changes nothing would wake nobody, so the work is done here.
        if (again) rearm(again);
      };
      const rearm = (again: KubeObject) => {
        const due = reconcile(options, again);
        if (due !== undefined) arm(again.metadata.uid!, due, wake);
      };
      arm(cronJob.metadata.uid!, next, wake);
    },
    (wake) => [watchOwned(options.client, JOB, CRON_JOB, wake)],
  );
  const arm = (uid: string, due: number, wake: () => void) => {
    timers.get(uid)?.();
    timers.set(uid, options.clock.after(Math.max(0, due - options.clock.now()), wake));
  };
  return () => {
    stop();
    for (const disarm of timers.values()) disarm();
  };
};

/** @returns when to look again (ms since 1970). */
function reconcile(options: ControllerOptions, cronJob: KubeObject): number | undefined {
  const { client, clock } = options;
  const { metadata, spec } = cronJob;
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const owned = client
    .list({ ...JOB, namespace: metadata.namespace! })
    .filter((job) => controllerOf(job)?.uid === metadata.uid);
  forget(options, cronJob, owned);
  const status = clone(cronJob.status ?? {});
  status.active = owned.filter((job) => !isJobFinished(job)).map(reference);
  const succeeded = owned
    .filter((job) => conditionOf(job.status, 'Complete'))
    .map((job) => job.status.completionTime)
    .sort();
  if (succeeded.length > 0) status.lastSuccessfulTime = succeeded.at(-1);
  const schedule = parseCron(spec.schedule, spec.timeZone);
  let next: number | undefined;
  if (!spec.suspend) {
    const due = lastDue(cronJob, schedule, clock.now());
    if (due !== undefined) start(options, cronJob, owned, status, due);
    next = schedule.next(clock.now());
  }
  if (status.active.length === 0) delete status.active;
  if (!same(status, cronJob.status ?? {})) {
    const current = client.find(refOf(cronJob));
    if (current) client.update({ ...clone(current), status }, { subresource: 'status' });
  }
  return next;
}

/** The last time it was due and has not run. */
function lastDue(
  { metadata, spec, status }: KubeObject,
  schedule: ReturnType<typeof parseCron>,
  time: number,
): number | undefined {
  let from = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp!);
  if (spec.startingDeadlineSeconds !== undefined) {
    from = Math.max(from, time - spec.startingDeadlineSeconds * 1000);
  }
  let due: number | undefined;
  let count = 0;
  for (let at = schedule.next(from); at !== undefined && at <= time; at = schedule.next(at)) {
    due = at;
    // So many were missed that counting on would take for ever: the present is where it goes on.
    if (++count > MISSED_MOST) at = Math.max(at, time - 10 * 60_000);
  }
  return due;
}

function start(
  options: ControllerOptions,
  cronJob: KubeObject,
  owned: KubeObject[],
  status: Fields,
  due: number,
): void {
  const { client } = options;
  const { metadata, spec } = cronJob;
  const running = owned.filter((job) => !isJobFinished(job));
  if (spec.concurrencyPolicy === 'Forbid' && running.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    tell(options, COMPONENT, cronJob, { reason: 'JobAlreadyActive', message });
    return;
  }
  if (spec.concurrencyPolicy === 'Replace') {
    for (const job of running) {
      client.delete(refOf(job), { propagationPolicy: 'Background' });
      tell(options, COMPONENT, cronJob, {
        reason: 'SuccessfulDelete',
        message: `Deleted job ${job.metadata.name}`,
      });
    }
    status.active = [];
  }
  const { labels, annotations } = spec.jobTemplate.metadata ?? {};
  const name = `${metadata.name}-${Math.floor(due / 60_000)}`;
  if (!client.find({ ...JOB, namespace: metadata.namespace!, name })) {
    try {
      const job = client.create({
        ...JOB,
        metadata: {
          name,
          namespace: metadata.namespace!,
          ...(labels ? { labels: clone(labels) } : {}),
          annotations: { ...annotations, [SCHEDULED]: timestamp(due) },
          ownerReferences: [controlledBy(cronJob)],
        },
        spec: clone(spec.jobTemplate.spec),
      });
      status.active = [...status.active, reference(job)];
      tell(options, COMPONENT, cronJob, { reason: 'SuccessfulCreate', message: `Created job ${name}` });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const message = `Error creating job: ${error.message}`;
      tell(options, COMPONENT, cronJob, { type: 'Warning', reason: 'FailedCreate', message });
      return;
    }
  }
  status.lastScheduleTime = timestamp(due);
}

function reference({ apiVersion, kind, metadata }: KubeObject): Fields {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { kind, namespace, name, uid, apiVersion, resourceVersion };
}

/** Finished Jobs beyond the limits go, oldest first. */
function forget({ client }: ControllerOptions, { spec }: KubeObject, owned: KubeObject[]): void {
  const limits: [string, number][] = [
    ['Complete', spec.successfulJobsHistoryLimit],
    ['Failed', spec.failedJobsHistoryLimit],
  ];
  for (const [type, limit] of limits) {
    const finished = owned
      .filter((job) => conditionOf(job.status, type)?.status === 'True' && !job.metadata.deletionTimestamp)
      .sort((a, b) => ((a.status.startTime ?? '') < (b.status.startTime ?? '') ? -1 : 1));
    for (const job of finished.slice(0, Math.max(0, finished.length - limit))) {
      client.delete(refOf(job), { propagationPolicy: 'Background' });
    }
  }
}
