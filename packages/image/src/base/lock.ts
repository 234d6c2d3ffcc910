import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../cache.ts';
import type { Platform } from '../oci/platform.ts';

/** `base.lock.json`: everything that the base layer is made of, and the bytes that it comes to. */
export interface BaseLock {
  /** `snapshot` is when the packages were looked up, as snapshot.debian.org writes it: 20261122T150500Z */
  debian: { suite: string; version: string; snapshot: string };
  platforms: Record<Platform, PlatformLock>;
}

export interface PlatformLock {
  node: NodeLock;
  /** by name */
  packages: DebianLock[];
  /** the layer that these make: sizes in bytes, `diffId` is the digest of the uncompressed tar */
  layer: { digest: string; size: number; diffId: string };
}

export interface NodeLock {
  /** the npm package */
  name: string;
  version: string;
  /** of the package's tarball, as npm writes it: `sha512-` and base64 */
  integrity: string;
  /** the SHA-256 of what is taken from it, by path: 64 hex digits */
  files: Record<string, string>;
}

export interface DebianLock {
  name: string;
  version: string;
  architecture: string;
  /** of the .deb, 64 hex digits */
  sha256: string;
}

export const LOCK_FILE = join(import.meta.dirname, '../../base.lock.json');

export async function readLock(file = LOCK_FILE): Promise<BaseLock> {
  return JSON.parse(await readFile(file, 'utf8'));
}

export async function writeLock(lock: BaseLock, file = LOCK_FILE): Promise<void> {
  await writeWhole(file, `${JSON.stringify(lock, null, 2)}\n`);
}
