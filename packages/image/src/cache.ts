import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What costs time or a download is kept here, by its hash, for every checkout of this user. It can be deleted. */
export const cacheFolder = () =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'forkspacer-modules');

/** Where something of a digest, `sha256:...`, is kept. */
export const cacheFile = (digest: string) => join(cacheFolder(), 'sha256', digest.replace(/^sha256:/, ''));

/** Writes a file so that no other process ever sees half of it. */
export async function writeWhole(file: string, bytes: Uint8Array | string): Promise<void> {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(draft, bytes);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
