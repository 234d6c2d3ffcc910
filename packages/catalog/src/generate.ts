import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configTable, entryFiles } from './entry.ts';
import { type CatalogIndex, updatedIndex } from './index-json.ts';
import { loadModules, type ModuleFolder } from './modules.ts';

const TABLE = /(<!-- config -->\n)[\s\S]*?(<!-- \/config -->)/;

/**
 * Every generated file of the repository that belongs to the catalog, by path relative to it: the entries of the
 * modules' current versions, the index, and the config tables in the modules' READMEs. Entries of older versions are
 * no business of the generator.
 */
export async function generate(repository: string, today: string): Promise<Map<string, string>> {
  const modules = await loadModules(repository);
  const files = new Map<string, string>();
  for (const module of modules) {
    const readme = readmeOf(module);
    files.set(`modules/${module.name}/README.md`, readme);
    for (const [file, text] of Object.entries(entryFiles(module, readme))) {
      files.set(`catalog/${module.name}/${module.version}/${file}`, text);
    }
  }
  const index = updatedIndex(readIndex(repository), modules, today);
  return files.set('catalog/index.json', `${JSON.stringify(index, null, 2)}\n`);
}

/** Writes what differs. @returns the paths written, relative to the repository */
export async function writeCatalog(repository: string): Promise<string[]> {
  const files = await generate(repository, today());
  const stale = staleOf(repository, files);
  for (const path of stale) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), files.get(path)!);
  }
  return stale;
}

/** @returns the paths whose content is not what the definitions make of it, relative to the repository */
export async function staleFiles(repository: string): Promise<string[]> {
  return staleOf(repository, await generate(repository, today()));
}

function staleOf(repository: string, files: Map<string, string>): string[] {
  return [...files]
    .filter(([path, text]) => {
      const file = join(repository, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== text;
    })
    .map(([path]) => path);
}

function readmeOf(module: ModuleFolder): string {
  const file = join(module.folder, 'README.md');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!TABLE.test(text)) {
    throw new Error(
      `modules/${module.name}/README.md: expected the lines <!-- config --> and <!-- /config --> around its config table, found none`,
    );
  }
  return text.replace(TABLE, (_all, open, close) => `${open}${configTable(module)}\n${close}`);
}

function readIndex(repository: string): CatalogIndex | undefined {
  const file = join(repository, 'catalog/index.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const today = () => new Date().toISOString().slice(0, 10);
