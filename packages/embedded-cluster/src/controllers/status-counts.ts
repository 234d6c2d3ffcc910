import type { Fields } from '../resources/fields.ts';
import { same } from '../store/freeze.ts';

/**
 * A status as Go writes it: counts of zero and empty lists are left out, but for counts that Go holds by pointer.
 */
export function withoutZeros(status: Fields): Fields {
  return Object.fromEntries(
    Object.entries(status ?? {}).filter(([name, value]) => {
      if (value === undefined || (Array.isArray(value) && value.length === 0)) return false;
      return value !== 0 || BY_POINTER.includes(name);
    }),
  );
}

const BY_POINTER = ['terminatingReplicas', 'collisionCount'];

/** Whether writing the status would change nothing. */
export function sameStatus(next: Fields, current: Fields): boolean {
  return same(withoutZeros(next), withoutZeros(current));
}
