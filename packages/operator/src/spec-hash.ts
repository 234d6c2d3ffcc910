import { createHash } from 'node:crypto';
import type { ModuleObject } from './resources.ts';

/** A hash over what an install depends on: the source and the config, whatever order their keys are in. */
export function specOf(module: ModuleObject): string {
  const { source, custom, config } = module.spec;
  return createHash('sha256')
    .update(canonical({ source, custom, config, declared: module.config }))
    .digest('hex')
    .slice(0, 32);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
