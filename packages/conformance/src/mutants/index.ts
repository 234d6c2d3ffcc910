import { cluster, crash, faults } from './cluster.ts';
import { config } from './config.ts';
import { errors } from './errors.ts';
import { health } from './health.ts';
import { http } from './http.ts';
import { life } from './life.ts';
import { metadata } from './metadata.ts';
import type { Mutant } from './mutant.ts';
import { processes } from './process.ts';

/** Each breaks one rule; together they break every one, so that no check is without a module that it finds. */
export const MUTANTS: readonly Mutant[] = [
  ...http,
  ...health,
  ...life,
  ...metadata,
  ...errors,
  ...config,
  ...processes,
  ...cluster,
  ...faults,
  ...crash,
];
