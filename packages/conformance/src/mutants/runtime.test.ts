import { describe } from 'vitest';
import { cluster, crash, faults } from './cluster.ts';
import { config } from './config.ts';
import { errors } from './errors.ts';
import { ALL, holdEach } from './hold.ts';
import { life } from './life.ts';
import { processes } from './process.ts';

describe.skipIf(!ALL)(
  'a mutant is caught by the checks meant for it and no others (with MUTANTS=all)',
  () => {
    holdEach([...life, ...errors, ...config, ...processes]);
    holdEach([...cluster, ...faults, ...crash]);
  },
);
