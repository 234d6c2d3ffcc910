import { createHash } from 'node:crypto';
import type { ConfigDeclaration, ConfigOf } from '@forkspacer/contract';
import type { ObjectRef } from '@forkspacer/kube';
import type { ModuleDefinition } from '../define-module.ts';

/** Where an anchor lives when no `namespace` is part of the identity: the namespace that every cluster has. */
const DEFAULT_NAMESPACE = 'default';

/**
 * The anchor of what a config names: the same for the same module and identity fields, whatever else is configured
 * and whoever asks. Readable in front, and a hash of the whole identity behind, since names may hold less than values.
 */
export function anchorRef<D extends ConfigDeclaration>(
  { name, identity }: Pick<ModuleDefinition<D>, 'name' | 'identity'>,
  config: ConfigOf<D>,
): ObjectRef {
  const values: Record<string, unknown> = config;
  const fields = identity.map((alias) => [alias, values[alias] ?? null] as const);
  const hash = createHash('sha256')
    .update(JSON.stringify([name, fields]))
    .digest('hex')
    .slice(0, 10);
  const readable = fields
    .filter(([alias, value]) => alias !== 'namespace' && value !== null)
    .map(([, value]) => String(value).toLowerCase())
    .join('-')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  const namespace = identity.includes('namespace') ? values.namespace : undefined;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : DEFAULT_NAMESPACE,
    name: ['forkspacer', name, readable, hash].filter(Boolean).join('-'),
  };
}
