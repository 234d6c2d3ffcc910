import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { cacheFile, writeWhole } from '../cache.ts';
import { runCommand } from '../command.ts';
import { readTar } from '../layer/tar.ts';
import { contentOfFile, sha256 } from '../oci/content.ts';
import type { NodeLock } from './lock.ts';

/** What the base takes of the npm package. */
const FILES = ['bin/node', 'LICENSE'];

/** The files of the locked npm package, by path: from this checkout, the cache, or npm, whichever has those very bytes. */
export async function fetchNode(lock: NodeLock): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [path, hash] of Object.entries(lock.files)) {
    const kept =
      (await contentOfFile(installed(lock.name, path), `sha256:${hash}`)) ??
      (await contentOfFile(cacheFile(hash), `sha256:${hash}`));
    if (kept) files.set(path, await kept.read());
  }
  if (files.size === Object.keys(lock.files).length) return files;

  const { lock: found, files: packed } = await packedNode(lock.name, lock.version);
  if (JSON.stringify(found) !== JSON.stringify(lock)) {
    throw new Error(
      `expected ${lock.name}@${lock.version} with integrity ${lock.integrity}, found ${found.integrity}; nothing was built`,
    );
  }
  return packed;
}

/** The lock of a version, as npm has it. */
export async function lockNode(name: string, version: string): Promise<NodeLock> {
  return (await packedNode(name, version)).lock;
}

/** The package is an optional dependency of the checkout; npm installs the machine's own platform only. */
function installed(name: string, path: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
  } catch {
    return '';
  }
}

async function packedNode(
  name: string,
  version: string,
): Promise<{ lock: NodeLock; files: Map<string, Uint8Array> }> {
  const folder = await mkdtemp(join(tmpdir(), 'forkspacer-npm-'));
  try {
    const printed = await runCommand('npm', ['pack', `${name}@${version}`, '--json', '--ignore-scripts'], {
      purpose: `fetch ${name}@${version}`,
      cwd: folder,
    });
    const [{ filename }] = JSON.parse(printed.toString()) as [{ filename: string }];
    const tarball = await readFile(join(folder, filename));
    const files = new Map<string, Uint8Array>();
    for (const entry of readTar(gunzipSync(tarball))) {
      const path = entry.path.replace(/^package\//, '');
      if (FILES.includes(path) && entry.type === 'file') files.set(path, entry.content);
    }
    const hashes: Record<string, string> = {};
    for (const path of FILES) {
      const bytes = files.get(path);
      if (!bytes) throw new Error(`expected ${path} in ${name}@${version}, found none`);
      hashes[path] = sha256(bytes);
      await writeWhole(cacheFile(hashes[path]), bytes);
    }
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    return { lock: { name, version, integrity, files: hashes }, files };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
