import type { Field } from './kind.ts';

/** An annotation that is `value` by night, and not there without one. */
export function annotation(name: string, value?: string): Field {
  return { path: ['metadata', 'annotations', name], asleep: () => value };
}
