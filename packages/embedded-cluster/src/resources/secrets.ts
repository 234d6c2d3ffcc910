import { ageColumn, column, nameColumn } from './columns.ts';
import { validateDataKeys, validateImmutable, validateSize } from './config-data.ts';
import { type FieldError, invalid, required } from './field-errors.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Secret',

  columns: [
    nameColumn,
    column('Type', ({ type }) => type),
    column('Data', ({ data }) => Object.keys(data ?? {}).length),
    ageColumn,
  ],
  defaults(secret) {
    secret.type ??= 'Opaque';
    for (const [key, text] of Object.entries<string>(secret.stringData ?? {})) {
      secret.data ??= {};
      secret.data[key] = Buffer.from(text, 'utf8').toString('base64');
    }
    delete secret.stringData;
  },
  validate(secret, old) {
    const data = secret.data ?? {};
    const errors = [
      ...validateDataKeys(data, 'data'),
      ...validateSize({}, data, 'data'),
      ...validateImmutable(secret, old, ['data']),
    ];
    if (old && old.type !== secret.type) errors.push(invalid('type', secret.type, 'field is immutable'));
    return [...errors, ...(CONTENTS[secret.type]?.(data) ?? [])];
  },
} satisfies Resource as Resource;

type Data = Record<string, string>;

/** What the types that Kubernetes knows have to hold. */
const CONTENTS: Record<string, (data: Data) => FieldError[]> = {
  'kubernetes.io/tls': (data) => missing(data, 'tls.crt', 'tls.key'),
  'kubernetes.io/ssh-auth': (data) => missing(data, 'ssh-privatekey'),
  'kubernetes.io/basic-auth': (data) =>
    'username' in data || 'password' in data ? [] : missing(data, 'username', 'password'),
  'kubernetes.io/dockerconfigjson': (data) => [
    ...missing(data, '.dockerconfigjson'),
    ...notJson(data, '.dockerconfigjson'),
  ],
};

function missing(data: Data, ...keys: string[]): FieldError[] {
  return keys.filter((key) => !(key in data)).map((key) => required(`data[${key}]`));
}

function notJson(data: Data, key: string): FieldError[] {
  if (!(key in data)) return [];
  try {
    JSON.parse(Buffer.from(data[key]!, 'base64').toString('utf8'));
    return [];
  } catch (error) {
    return [invalid(`data[${key}]`, '<secret contents redacted>', (error as Error).message)];
  }
}
