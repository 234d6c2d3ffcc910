import { ageColumn, column, nameColumn, selectorColumn, templateColumns } from './columns.ts';
import { CronSyntaxError, parseCron } from './cron-schedule.ts';
import { type FieldError, invalid, notSupported, required } from './field-errors.ts';
import { validateJobSpec } from './job-spec.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.CronJob',
  subresources: { status: true },
  generation: 'spec',

  columns: [
    nameColumn,
    column('Schedule', ({ spec }) => spec.schedule),
    column('Timezone', ({ spec }) => spec.timeZone ?? '<none>'),
    column('Suspend', ({ spec }) => (spec.suspend ? 'True' : 'False'), { type: 'boolean' }),
    column('Active', ({ status }) => status?.active?.length ?? 0, { type: 'integer' }),
    column('Last Schedule', ({ status }, age) =>
      status?.lastScheduleTime ? age(status.lastScheduleTime) : '<none>',
    ),
    ageColumn,
    ...templateColumns(({ spec }) => spec.jobTemplate.spec.template.spec),
    { ...selectorColumn, value: () => '<none>' },
  ],
  defaults(cronJob) {
    cronJob.spec ??= {};
    const { spec } = cronJob;
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    spec.jobTemplate ??= {};
    spec.jobTemplate.spec ??= {};
    spec.jobTemplate.spec.template ??= {};
    // A Job's own defaults come with the Job that is made of this.
    defaultPodTemplate(spec.jobTemplate.spec.template);
  },
  validate({ spec }) {
    const errors: FieldError[] = [...validateJobSpec(spec.jobTemplate.spec, 'spec.jobTemplate.spec')];
    if (!spec.schedule) errors.push(required('spec.schedule'));
    else errors.push(...validateSchedule(spec.schedule));
    if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
      errors.push(invalid('spec.timeZone', spec.timeZone, `unknown time zone ${spec.timeZone}`));
    }
    const policies = ['Allow', 'Forbid', 'Replace'];
    if (!policies.includes(spec.concurrencyPolicy)) {
      errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, policies));
    }
    return errors;
  },
} satisfies Resource as Resource;

function validateSchedule(schedule: string): FieldError[] {
  try {
    parseCron(schedule);
    return [];
  } catch (error) {
    if (!(error instanceof CronSyntaxError)) throw error;
    return [invalid('spec.schedule', schedule, error.message)];
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
