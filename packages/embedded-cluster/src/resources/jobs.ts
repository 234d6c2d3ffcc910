import { same } from '../store/freeze.ts';
import { ageColumn, column, nameColumn, selectorColumn, templateColumns } from './columns.ts';
import { duration } from './durations.ts';
import { invalid } from './field-errors.ts';
import type { Fields } from './fields.ts';
import { defaultJobSpec, validateJobSpec } from './job-spec.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.Job',
  subresources: { status: true },
  generation: 'spec',
  propagation: 'Orphan',
  deleteWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',

  columns: [
    nameColumn,
    column('Status', ({ status }) => statusText(status)),
    column('Completions', ({ spec, status }) => completionsText(spec, status?.succeeded ?? 0)),
    column('Duration', ({ status }, age) => durationText(status, age)),
    ageColumn,
    ...templateColumns(({ spec }) => spec.template.spec),
    selectorColumn,
  ],
  defaults(job) {
    job.spec ??= {};
    defaultJobSpec(job.spec);
    const labels = job.spec.template.metadata?.labels;
    if (labels) job.metadata.labels ??= { ...labels };
  },
  prepareForCreate({ metadata, spec }) {
    if (spec.manualSelector) return;
    const labels = {
      'batch.kubernetes.io/controller-uid': metadata.uid!,
      'batch.kubernetes.io/job-name': metadata.name,
      'controller-uid': metadata.uid!,
      'job-name': metadata.name,
    };
    spec.template.metadata ??= {};
    spec.template.metadata.labels = { ...spec.template.metadata.labels, ...labels };
    metadata.labels = { ...metadata.labels, ...labels };
    spec.selector ??= {};
    spec.selector.matchLabels = {
      ...spec.selector.matchLabels,
      'batch.kubernetes.io/controller-uid': metadata.uid!,
    };
  },
  validate({ metadata, spec }, old) {
    const errors = validateJobSpec(spec, 'spec');
    const generated = { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } };
    if (!old && !spec.manualSelector && !same(spec.selector, generated)) {
      const labels = spec.template.metadata.labels;
      errors.push(
        invalid('spec.selector', spec.selector, '`selector` not auto-generated'),
        invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
      );
    }
    for (const field of FIXED) {
      const unchanged = !old || same(spec[field], old.spec[field]);
      if (!unchanged) errors.push(invalid(`spec.${field}`, spec[field], 'field is immutable'));
    }
    return errors;
  },
} satisfies Resource as Resource;

const FIXED = [
  'completions',
  'selector',
  'template',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
];

function statusText(status: Fields): string {
  const is = (type: string) =>
    status?.conditions?.some((c: Fields) => c.type === type && c.status === 'True');
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (is('Suspended')) return 'Suspended';
  if (is('FailureTarget')) return 'FailureTarget';
  if (is('SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

function completionsText(spec: Fields, succeeded: number): string {
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  return spec.parallelism > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`;
}

function durationText(status: Fields, age: (time: string | undefined) => string): string {
  if (!status?.startTime) return '';
  if (!status.completionTime) return age(status.startTime);
  return duration(Date.parse(status.completionTime) - Date.parse(status.startTime));
}
