import { describe } from 'vitest';
import { health } from './health.ts';
import { ALL, holdEach } from './hold.ts';
import { http } from './http.ts';
import { metadata } from './metadata.ts';

describe(`a mutant is caught by the checks meant for it and no others (${ALL ? 'all' : 'their groups'})`, () => {
  holdEach([...http, ...health, ...metadata]);
});
