import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What each package's source may import of ours: everything further down the house, nothing further up. */
const MAY_IMPORT: Record<string, string[]> = {
  contract: [],
  'embedded-cluster': [],
  // The entry files that it generates import the runtime.
  image: ['kube', 'sdk'],
  kube: ['contract'],
  sdk: ['contract', 'kube'],
  operator: ['contract', 'kube'],
  testing: ['contract', 'embedded-cluster', 'kube', 'sdk'],
  conformance: ['contract', 'embedded-cluster', 'kube'],
  catalog: ['contract', 'sdk'],
  cli: [
    'catalog',
    'conformance',
    'contract',
    'embedded-cluster',
    'image',
    'kube',
    'operator',
    'sdk',
    'testing',
  ],
};
/** Tests of the packages below `testing` take their clusters from the embedded cluster. */
const TESTS_MAY_ALSO_IMPORT = ['embedded-cluster'];

const isTest = (file: string) => file.endsWith('.test.ts');

function importsOfOurs(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'@forkspacer\/([a-z-]+)/g)].map(([, name]) => name!);
}

describe('imports run downward only', () => {
  for (const folder of globSync('packages/*', { cwd: root }).map((path) => path.slice('packages/'.length))) {
    test(`packages/${folder} imports nothing above it`, () => {
      const allowed = MAY_IMPORT[folder];
      expect(allowed, `packages/${folder} has no place in the house yet: add it to MAY_IMPORT`).toBeDefined();
      for (const file of globSync(`packages/${folder}/src/**/*.ts`, { cwd: root })) {
        const also = isTest(file) || file.includes('/testing/') ? TESTS_MAY_ALSO_IMPORT : [];
        for (const name of importsOfOurs(file)) {
          if (name !== folder)
            expect([...allowed!, ...also], `${file} imports @forkspacer/${name}`).toContain(name);
        }
      }
    });
  }

  test('a relative import never leaves its package', () => {
    for (const file of globSync('{packages,modules}/*/src/**/*.ts', { cwd: root })) {
      const depth = file.split('/').length - 3;
      for (const [, up] of readFileSync(join(root, file), 'utf8').matchAll(
        /from '((?:\.\.\/)+)[^']*\.ts'/g,
      )) {
        expect(up!.length / 3, `${file} reaches out of its package`).toBeLessThanOrEqual(depth);
      }
    }
  });
});

describe('every module has the shape of a module', () => {
  for (const folder of globSync('modules/*', { cwd: root })) {
    test(folder, () => {
      for (const file of ['package.json', 'README.md', 'src/module.ts', 'src/module.test.ts']) {
        expect(existsSync(join(root, folder, file)), `${folder}/${file} is missing`).toBe(true);
      }
      const lines = (file: string) =>
        readFileSync(join(root, folder, file), 'utf8')
          .trimEnd()
          .split('\n').length;
      expect(lines('package.json'), `${folder}/package.json`).toBeLessThanOrEqual(18);
      expect(lines('src/module.ts'), `${folder}/src/module.ts`).toBeLessThanOrEqual(150);
      const source = globSync(`${folder}/src/**/*.ts`, { cwd: root });
      for (const file of source) {
        const allowed = isTest(file) ? ['sdk', 'kube', 'testing'] : ['sdk', 'kube'];
        for (const name of importsOfOurs(file))
          expect(allowed, `${file} imports @forkspacer/${name}`).toContain(name);
      }
    });
  }
});

test('no file is a grab-bag', () => {
  expect(
    globSync('{packages,modules,bench,scripts}/**/{helpers,utils,util,common,misc}.ts', {
      cwd: root,
      exclude: ['**/node_modules'],
    }),
  ).toEqual([]);
});

test('what is committed names no path of a machine', () => {
  // Written in two parts, so that this file does not name them either.
  const forbidden = new RegExp(
    [`/${'root'}/`, `/${'work'}/(main|shared)`, `registry\\.${'npmjs'}`].join('|'),
  );
  const files = globSync(
    '{packages,modules,bench,scripts,.github,catalog,.ci}/**/*.{ts,mjs,json,md,yaml,yml,go}',
    {
      cwd: root,
      exclude: (path) => String(path).includes('node_modules') || String(path).includes('dist'),
    },
  );
  const named = files.filter((file) => forbidden.test(readFileSync(join(root, file), 'utf8')));
  expect(named).toEqual([]);
});
