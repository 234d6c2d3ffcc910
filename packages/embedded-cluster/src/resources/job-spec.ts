import { type FieldError, notSupported, required } from './field-errors.ts';
import type { Fields } from './fields.ts';
import { negatives } from './numbers.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';

/** The spec of a Job, which a CronJob carries too. */
export function defaultJobSpec(spec: Fields): void {
  spec.template ??= {};
  defaultPodTemplate(spec.template);
  if (spec.completions === undefined && spec.parallelism === undefined) {
    Object.assign(spec, { completions: 1, parallelism: 1 });
  }
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}

export function validateJobSpec(spec: Fields, path: string): FieldError[] {
  const errors = negatives(spec, path, 'parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit');
  errors.push(...negatives(spec, path, 'ttlSecondsAfterFinished'));
  const policy = spec.template.spec.restartPolicy;
  const at = `${path}.template.spec`;
  if (policy === 'Always') {
    errors.push(required(`${at}.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  }
  if (spec.completionMode && !['NonIndexed', 'Indexed'].includes(spec.completionMode)) {
    errors.push(notSupported(`${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']));
  }
  return [...errors, ...validatePodSpec(spec.template.spec, at)];
}
