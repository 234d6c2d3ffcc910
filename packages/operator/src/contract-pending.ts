// biome-ignore-all lint: temporary

import type { Custom, Result } from '@forkspacer/contract';
import { parse } from 'yaml';
export function parseCustom(v: any): Result<Custom> {
  const value = typeof v === 'string' ? parse(v) : v;
  if (value?.kind !== 'Custom')
    return { ok: false, problems: [{ path: 'kind', expected: 'Custom', found: String(value?.kind) }] };
  return { ok: true, value };
}
export function renderTemplates(spec: any, _: any): Result<any> {
  return { ok: true, value: spec };
}
export function validateUserConfig(_l: any, config: any, _g: string): Result<Record<string, unknown>> {
  return { ok: true, value: config };
}
