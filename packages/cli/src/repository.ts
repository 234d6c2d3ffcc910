import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '@forkspacer/image';

/** The checkout that this command line belongs to: module folders and the catalog are found below it. */
export const repository = join(import.meta.dirname, '..', '..', '..');

const bundled = new Map<string, Promise<unknown>>();

/**
 * The command that runs an image as a local process: `.../<name>:<version>` is `modules/<name>/dist/main.cjs`,
 * bundled from its sources once per run of the command line.
 *
 * @throws Error when no module folder has that name.
 */
export async function localCommand(image: string): Promise<string[]> {
  const name = image
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '')
    .replace(/^.*\//, '');
  const folder = join(repository, 'modules', name);
  if (!existsSync(join(folder, 'package.json'))) {
    throw new Error(
      `image ${image}: expected a module folder modules/${name}, found none; runners are local processes here, so only modules of this checkout can run`,
    );
  }
  let pending = bundled.get(name);
  if (!pending) {
    pending = bundle(folder);
    bundled.set(name, pending);
  }
  await pending;
  return [process.execPath, join(folder, 'dist', 'main.cjs')];
}
