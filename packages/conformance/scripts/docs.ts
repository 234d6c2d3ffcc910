/** Writes CHECKS.md and the table of mutants in README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksPage, withMutants } from '../src/docs.ts';
import { MUTANTS } from '../src/mutants/index.ts';

const folder = join(import.meta.dirname, '..');
const readme = join(folder, 'README.md');
writeFileSync(readme, withMutants(readFileSync(readme, 'utf8'), MUTANTS));
writeFileSync(join(folder, 'CHECKS.md'), checksPage());
