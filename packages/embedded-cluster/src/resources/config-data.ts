import type { KubeObject } from '../object.ts';
import { same } from '../store/freeze.ts';
import { type FieldError, forbidden, invalid, tooLong } from './field-errors.ts';

const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const MAX_LENGTH = 253;

/** Keys of ConfigMaps and Secrets become names of files. */
export function validateDataKeys(data: Record<string, unknown>, field: string): FieldError[] {
  return Object.keys(data).flatMap((key) => {
    const at = `${field}[${key}]`;
    const errors: FieldError[] = [];
    if (key.length > MAX_LENGTH)
      errors.push(invalid(at, key, `must be no more than ${MAX_LENGTH} characters`));
    if (!KEY.test(key)) errors.push(invalid(at, key, KEY_RULE));
    if (key === '.') errors.push(invalid(at, key, "must not be '.'"));
    else if (key === '..') errors.push(invalid(at, key, "must not be '..'"));
    else if (key.startsWith('..')) errors.push(invalid(at, key, "must not start with '..'"));
    return errors;
  });
}

/** Once `immutable` is set, it and the fields stay as they are. */
export function validateImmutable(
  object: KubeObject,
  old: KubeObject | undefined,
  fields: string[],
): FieldError[] {
  if (!old?.immutable) return [];
  const changed = fields.filter((field) => !same(object[field] ?? {}, old[field] ?? {}));
  if (!object.immutable) changed.unshift('immutable');
  return changed.map((field) => forbidden(field, 'field is immutable when `immutable` is set'));
}

/** All values together, base64 decoded; what etcd and a kubelet can bear. */
const MAX_SIZE = 1024 * 1024;

/** `plain` holds texts, `encoded` base64. The field is what the real server says. */
export function validateSize(
  plain: Record<string, string>,
  encoded: Record<string, string>,
  field: string,
): FieldError[] {
  const sizes = [
    ...Object.values(plain).map((value) => Buffer.byteLength(value)),
    ...Object.values(encoded).map((value) => Buffer.byteLength(value, 'base64')),
  ];
  return sizes.reduce((sum, size) => sum + size, 0) > MAX_SIZE ? [tooLong(field, MAX_SIZE)] : [];
}
