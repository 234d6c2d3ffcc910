import { describe } from 'vitest';
import { cluster, crash, faults } from './cluster.ts';
import { config } from './config.ts';
import { errors } from './errors.ts';
import { ALL, holdEach } from './hold.ts';
import { life } from './life.ts';
import { processes } from './process.ts';

describe(`a mutant is caught by the checks meant for it and no others (${ALL ? 'all' : 'their groups'})`, () => {
  holdEach([...life, ...errors, ...config, ...processes]);
  holdEach([...cluster, ...faults, ...crash]);
});
