import { matchesLabels, requirementsOf } from '../selectors.ts';
import { same } from '../store/freeze.ts';
import { type FieldError, invalid, notSupported, required } from './field-errors.ts';
import type { Fields } from './fields.ts';
import { validatePodSpec } from './pod-validation.ts';

/**
 * What Deployments, ReplicaSets, StatefulSets and DaemonSets have in common: a selector that never changes and
 * fits a template whose Pods run for ever. `kind` is the word in "empty selector is invalid for deployment".
 */
export function validateWorkload(spec: Fields, old: Fields | undefined, kind: string): FieldError[] {
  const errors: FieldError[] = [];
  const labels = spec.template?.metadata?.labels;
  const selector = spec.selector;
  if (!selector) errors.push(required('spec.selector'));
  else if (!selector.matchLabels && !selector.matchExpressions?.length) {
    errors.push(invalid('spec.selector', selector, `empty selector is invalid for ${kind}`));
  }
  if (!selector || !matchesLabels(requirementsOf(selector), labels)) {
    errors.push(
      invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'),
    );
  }
  if (old && !same(old.selector, selector)) {
    errors.push(invalid('spec.selector', selector, 'field is immutable'));
  }
  // A StatefulSet's Pods get a volume for each of its claim templates.
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }: Fields) => ({
    name: metadata?.name,
    emptyDir: {},
  }));
  const podSpec = spec.template?.spec ?? {};
  errors.push(
    ...validatePodSpec(
      claims.length > 0 ? { ...podSpec, volumes: [...(podSpec.volumes ?? []), ...claims] } : podSpec,
      'spec.template.spec',
    ),
  );
  const policy = spec.template?.spec?.restartPolicy;
  if (policy !== 'Always' && ['OnFailure', 'Never'].includes(policy)) {
    errors.push(notSupported('spec.template.spec.restartPolicy', policy, ['Always']));
  }
  return errors;
}
