import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCustom, parseModule } from '@forkspacer/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { loadModules, staleFiles, writeCatalog } from './index.ts';

const repository = join(import.meta.dirname, '../../..');
const modules = await loadModules(repository);

test('the catalog is what the definitions make of it', async () => {
  const stale = await staleFiles(repository);
  expect(stale, 'stale: run pnpm catalog and commit these files').toEqual([]);
});

describe.each(modules)('the entry of $name', ({ name, version }) => {
  const read = (file: string) => readFileSync(join(repository, 'catalog', name, version, file), 'utf8');

  test('holds a Custom that an operator up to 0.1.20 parses', () => {
    expect(parseCustom(read('custom.yaml'))).toMatchObject({ ok: true });
  });

  test('holds a Module that an operator from 0.1.21 on parses', () => {
    expect(parseModule(read('module.yaml'))).toMatchObject({ ok: true });
  });

  test('describes every field of the config', () => {
    const text = read('module.yaml').replace(/\n\s*#\s?/g, ' ');
    const { properties } = JSON.parse(read('schema.json'));
    for (const { description } of Object.values<{ description: string }>(properties)) {
      expect(text).toContain(description);
    }
  });
});

describe('a stale entry', () => {
  const copies: string[] = [];
  afterEach(() => {
    for (const copy of copies.splice(0)) rmSync(copy, { recursive: true, force: true });
  });

  function copy(): string {
    const folder = mkdtempSync(join(tmpdir(), 'forkspacer-catalog-'));
    copies.push(folder);
    for (const part of ['modules', 'catalog']) {
      cpSync(join(repository, part), join(folder, part), {
        recursive: true,
        filter: (path) => !/\/(node_modules|dist)(\/|$)/.test(path),
      });
    }
    for (const { name } of modules) {
      symlinkSync(
        join(repository, 'modules', name, 'node_modules'),
        join(folder, 'modules', name, 'node_modules'),
      );
    }
    return folder;
  }

  test('is named, and written again by the generator', async () => {
    const folder = copy();
    const { name, version } = modules[0]!;
    const path = `catalog/${name}/${version}/custom.yaml`;
    writeFileSync(join(folder, path), 'kind: Custom\n');
    expect(await staleFiles(folder)).toEqual([path]);
    expect(await writeCatalog(folder)).toEqual([path]);
    expect(await staleFiles(folder)).toEqual([]);
  });

  test('of an older version is left as it is, and stays in the index', async () => {
    const folder = copy();
    const { name, version } = modules[0]!;
    cpSync(join(folder, 'catalog', name, version), join(folder, 'catalog', name, '0.0.1'), {
      recursive: true,
    });
    const file = join(folder, 'catalog/index.json');
    const index = JSON.parse(readFileSync(file, 'utf8'));
    const entry = index.modules.find((module: { name: string }) => module.name === name);
    entry.versions.push({ ...entry.versions[0], version: '0.0.1', created: '2020-01-01' });
    writeFileSync(file, `${JSON.stringify(index, null, 2)}\n`);
    expect(await staleFiles(folder)).toEqual([]);
    expect(
      JSON.parse(readFileSync(file, 'utf8')).modules.find((module: { name: string }) => module.name === name)
        .versions,
    ).toHaveLength(2);
  });
});
