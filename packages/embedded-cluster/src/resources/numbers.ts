import { type FieldError, invalid } from './field-errors.ts';
import type { Fields } from './fields.ts';

/** Errors for each of the named fields that is there and below zero. */
export function negatives(object: Fields, path: string, ...names: string[]): FieldError[] {
  return names
    .filter((name) => typeof object?.[name] === 'number' && object[name] < 0)
    .map((name) => invalid(`${path}.${name}`, object[name], 'must be greater than or equal to 0'));
}

/** `25%` of a count or a number as it is; percentages are rounded down unless `up`. */
export function countOf(value: string | number | undefined, total: number, up = false): number {
  if (typeof value !== 'string') return value ?? 0;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return up ? Math.ceil(share) : Math.floor(share);
}
