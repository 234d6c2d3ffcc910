import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEVELS } from './check.ts';
import { CHECKS, GROUPS } from './checks/index.ts';
import { checksPage, withMutants } from './docs.ts';
import { MUTANTS } from './mutants/index.ts';

const folder = join(import.meta.dirname, '..');

describe('the checks', () => {
  test('are at least 60, each with an id of its own in its group', () => {
    expect(CHECKS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
    for (const { name, checks } of GROUPS) {
      for (const { id } of checks) expect(id).toMatch(new RegExp(`^${name}/[a-z0-9-]+$`));
    }
  });

  test('each have a level, a sentence, a source and a way to mend it', () => {
    for (const { level, sentence, source, fix } of CHECKS) {
      expect(LEVELS).toContain(level);
      expect(sentence).toMatch(/^[a-z"].*[^.]$/);
      expect(source.text.length).toBeGreaterThan(5);
      expect(fix).toMatch(/^[A-Z].*[.]$/);
    }
  });

  test('each catch a mutant, and each mutant names checks that there are', () => {
    const caught = new Set(MUTANTS.flatMap(({ caughtBy }) => caughtBy));
    expect(CHECKS.filter(({ id }) => !caught.has(id)).map(({ id }) => id)).toEqual([]);
    const known = new Set(CHECKS.map(({ id }) => id));
    expect([...caught].filter((id) => !known.has(id))).toEqual([]);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  const documents = process.env.CONTRACT_DOCUMENTS;
  const why = 'set CONTRACT_DOCUMENTS to the folders of the two documents, separated by :';
  test.skipIf(!documents)(`quote their sources word for word (${documents ? 'here' : why})`, () => {
    for (const { id, source } of CHECKS) {
      const file = documents!
        .split(':')
        .map((path) => join(path, source.document))
        .find((path) => existsSync(path));
      const text = readFileSync(file!, 'utf8');
      expect(text.includes(source.text), `${id} quotes ${source.document}: ${source.text}`).toBe(true);
      expect(text, `${id} names a section of ${source.document}`).toMatch(
        new RegExp(`^(#+ |\\*\\*)${source.section.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'm'),
      );
    }
  });
});

describe('what is generated is current: run node packages/conformance/scripts/docs.ts when this fails', () => {
  test('CHECKS.md tells of every check', () => {
    expect(readFileSync(join(folder, 'CHECKS.md'), 'utf8')).toBe(checksPage());
  });

  test('README.md has the table of mutants', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(readme).toBe(withMutants(readme, MUTANTS));
  });
});
