import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModuleDefinition } from '@forkspacer/sdk';

/** A module folder of the repository, its definition loaded. */
export interface ModuleFolder {
  name: string;
  version: string;
  /** absolute */
  folder: string;
  definition: Readonly<ModuleDefinition>;
}

/**
 * Every module of the repository, by name. A module is found by its folder: no list names it.
 *
 * @throws Error when a folder's definition has another name than the folder.
 */
export async function loadModules(repository: string): Promise<ModuleFolder[]> {
  const manifests = globSync('modules/*/package.json', { cwd: repository }).sort();
  return Promise.all(
    manifests.map(async (manifest) => {
      const folder = join(repository, dirname(manifest));
      const name = folder.slice(folder.lastIndexOf('/') + 1);
      const { version } = JSON.parse(readFileSync(join(repository, manifest), 'utf8'));
      const { default: definition } = await import(pathToFileURL(join(folder, 'src/module.ts')).href);
      if (definition?.name !== name) {
        throw new Error(
          `modules/${name}/src/module.ts: expected a default export named ${name}, found ${definition?.name}`,
        );
      }
      return { name, version, folder, definition };
    }),
  );
}

/** `scale-to-zero` reads `Scale to zero`, where the definition says nothing else. */
export function displayName({ name, displayName }: Readonly<ModuleDefinition>): string {
  return displayName ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}
