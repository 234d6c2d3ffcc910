/** What ObjectMeta has to look like, with the words of k8s.io/apimachinery. */
import type { KubeObject, ObjectMeta } from '../object.ts';
import { type FieldError, forbidden, invalid, required } from '../resources/field-errors.ts';
import type { NameRule } from '../resources/resource.ts';
import { same } from '../store/freeze.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const atMost = (length: number): string => `must be no more than ${length} bytes`;

/** All that is wrong with a name; `prefix` when more will be appended (generateName). */
export function nameProblems(rule: NameRule, name: string, prefix = false): string[] {
  const checked = prefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name;
  const problems: string[] = [];
  const check = (longest: number, form: RegExp, text: string): void => {
    if (checked.length > longest) problems.push(`must be no more than ${longest} characters`);
    if (form.test(checked)) return;
    // What would be a subdomain has dots, and no other fault.
    problems.push(form === LABEL && SUBDOMAIN.test(checked) ? 'must not contain dots' : text);
  };
  switch (rule) {
    case 'dns1123subdomain':
      check(253, SUBDOMAIN, SUBDOMAIN_TEXT);
      break;
    case 'dns1123label':
      check(63, LABEL, LABEL_TEXT);
      break;
    case 'dns1035label':
      check(63, LABEL_1035, LABEL_1035_TEXT);
      break;
    case 'pathSegment':
      if (checked === '.' || checked === '..') problems.push(`may not be '${checked}'`);
      for (const part of ['/', '%']) if (checked.includes(part)) problems.push(`may not contain '${part}'`);
  }
  return problems;
}

/** The problems of a label's or annotation's key. */
export function qualifiedNameProblems(key: string): string[] {
  const parts = key.split('/');
  const problems: string[] = [];
  let name = key;
  if (parts.length === 2) {
    const [prefix = ''] = parts;
    name = parts[1] ?? '';
    if (prefix === '') problems.push('prefix part must be non-empty');
    else {
      if (prefix.length > 253) problems.push(`prefix part ${atMost(253)}`);
      if (!SUBDOMAIN.test(prefix)) problems.push(`prefix part ${SUBDOMAIN_TEXT}`);
    }
  } else if (parts.length > 2) {
    return [
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${atMost(63)}`);
  if (!QUALIFIED.test(name)) problems.push(QUALIFIED_TEXT);
  return problems;
}

export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push(atMost(63));
  if (!LABEL_VALUE.test(value)) problems.push(LABEL_VALUE_TEXT);
  return problems;
}

export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels ?? {}).sort()) {
    const value = labels![key]!;
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid(field, key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalid(field, value, problem));
  }
  return errors;
}

const ANNOTATIONS_LIMIT = 256 * 1024;

export function validateAnnotations(
  annotations: Record<string, string> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const problem of qualifiedNameProblems(key.toLowerCase())) errors.push(invalid(field, key, problem));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > ANNOTATIONS_LIMIT) {
    errors.push({
      reason: 'FieldValueTooLong',
      field,
      message: `Too long: may not be more than ${ANNOTATIONS_LIMIT} bytes`,
    });
  }
  return errors;
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Only the built-in kinds insist on a domain: a custom resource may have any qualified name. */
function validateFinalizers(finalizers: string[], field: string, builtin: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, finalizer] of finalizers.entries()) {
    const at = `${field}[${index}]`;
    for (const problem of qualifiedNameProblems(finalizer)) errors.push(invalid(field, finalizer, problem));
    if (builtin && !finalizer.includes('/') && !STANDARD_FINALIZERS.includes(finalizer)) {
      errors.push(
        invalid(at, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

function validateOwners(meta: ObjectMeta): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors: FieldError[] = [];
  for (const owner of meta.ownerReferences ?? []) {
    const version = owner.apiVersion?.split('/').at(-1) ?? '';
    if (version === '')
      errors.push(invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    for (const key of ['kind', 'name', 'uid'] as const) {
      if (!owner[key]) errors.push(invalid(`${field}.${key}`, owner[key] ?? '', 'must not be empty'));
    }
    if (owner.kind === 'Event' && (owner.apiVersion === 'v1' || owner.apiVersion === 'events.k8s.io/v1')) {
      errors.push(invalid(field, `${owner.apiVersion}, Kind=Event`, 'is disallowed from being an owner'));
    }
  }
  const controllers = (meta.ownerReferences ?? []).filter(({ controller }) => controller === true);
  if (controllers.length > 1) {
    const named = controllers.map(({ kind, name }) => `${kind}/${name}`).join(' and ');
    const text = `Only one reference can have Controller set to true. Found "true" in references for ${named}`;
    errors.push(invalid(field, meta.ownerReferences, text));
  }
  return errors;
}

export function validateMetadata(
  object: KubeObject,
  namespaced: boolean,
  rule: NameRule,
  builtin: boolean,
): FieldError[] {
  const meta = object.metadata;
  const errors: FieldError[] = [];
  if (meta.generateName) {
    for (const problem of nameProblems(rule, meta.generateName, true)) {
      errors.push(invalid('metadata.generateName', meta.generateName, problem));
    }
  }
  if (!meta.name) errors.push(required('metadata.name', 'name or generateName is required'));
  else
    for (const problem of nameProblems(rule, meta.name))
      errors.push(invalid('metadata.name', meta.name, problem));
  if (namespaced) {
    if (!meta.namespace) errors.push(required('metadata.namespace'));
    else {
      for (const problem of nameProblems('dns1123label', meta.namespace)) {
        errors.push(invalid('metadata.namespace', meta.namespace, problem));
      }
    }
  } else if (meta.namespace) errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  errors.push(
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations, 'metadata.annotations'),
    ...validateOwners(meta),
    ...validateFinalizers(meta.finalizers ?? [], 'metadata.finalizers', builtin),
  );
  return errors;
}

/** Takes over from `old` what a request may leave out; then nothing that is fixed may differ. */
export function carryMetadata(object: KubeObject, old: KubeObject): FieldError[] {
  const meta = object.metadata;
  const before = old.metadata;
  meta.uid ||= before.uid;
  if (before.creationTimestamp !== undefined) meta.creationTimestamp = before.creationTimestamp;
  if (before.deletionTimestamp !== undefined) meta.deletionTimestamp = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds !== undefined)
    meta.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds;
  const errors: FieldError[] = [];
  const fixed = ['uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;
  for (const key of fixed) {
    if (!same(meta[key], before[key]))
      errors.push(invalid(`metadata.${key}`, meta[key], 'field is immutable'));
  }
  if (before.deletionTimestamp !== undefined) {
    const added = (meta.finalizers ?? []).filter((each) => !before.finalizers?.includes(each));
    if (added.length > 0) {
      const shown = `[]string{${added.map((each) => JSON.stringify(each)).join(', ')}}`;
      errors.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`,
        ),
      );
    }
  }
  return errors;
}

const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters that make no words, as the real server's. */
export function generateName(prefix: string): string {
  let suffix = '';
  for (let index = 0; index < 5; index++) suffix += SUFFIX[Math.floor(Math.random() * SUFFIX.length)];
  return prefix.slice(0, 58) + suffix;
}
