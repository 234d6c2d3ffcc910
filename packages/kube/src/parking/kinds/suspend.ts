import type { Field } from './kind.ts';

/** Of CronJobs and Jobs, which have it always (false unless told). */
export const SUSPEND: Field = {
  path: ['spec', 'suspend'],
  asleep: () => true,
  guess: () => false,
};
