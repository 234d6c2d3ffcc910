import type { KubeObject } from '../object.ts';
import { same } from '../store/freeze.ts';
import { type FieldError, invalid, notSupported, required } from './field-errors.ts';
import type { Fields } from './fields.ts';

/** `namespaced`: a Role, which may not speak of URLs. */
export function validateRules(rules: Fields[] | undefined, namespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap((rule, index) => {
    const at = `rules[${index}]`;
    const errors: FieldError[] = [];
    if (!rule.verbs?.length) errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
    if (rule.nonResourceURLs?.length) {
      if (namespaced) {
        const why = 'namespaced rules cannot apply to non-resource URLs';
        errors.push(invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, why));
      }
      return errors;
    }
    if (!rule.apiGroups?.length) {
      errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
    }
    if (!rule.resources?.length) {
      errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
    }
    return errors;
  });
}

export function validateBinding(binding: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { roleRef = {}, metadata } = binding;
  const errors: FieldError[] = [];
  const kinds = metadata.namespace ? ['ClusterRole', 'Role'] : ['ClusterRole'];
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds));
  if (!roleRef.name) errors.push(required('roleRef.name'));
  if (old && !same(roleRef, old.roleRef)) {
    // The fields are those of the Go struct.
    const shown = { APIGroup: roleRef.apiGroup, Kind: roleRef.kind, Name: roleRef.name };
    errors.push(invalid('roleRef', shown, 'cannot change roleRef'));
  }
  for (const [index, subject] of (binding.subjects ?? []).entries()) {
    const at = `subjects[${index}]`;
    if (!subject.name) errors.push(required(`${at}.name`));
    if (subject.kind === 'ServiceAccount' && !subject.namespace) errors.push(required(`${at}.namespace`));
  }
  return errors;
}
