import { cacheFile, writeWhole } from '../cache.ts';
import { type Layer, packLayer } from '../layer/layer.ts';
import { contentOfFile } from '../oci/content.ts';
import type { Platform } from '../oci/platform.ts';
import { fetchDebs } from './debian.ts';
import { type BaseLock, type PlatformLock, readLock } from './lock.ts';
import { fetchNode } from './node.ts';
import { rootFileSystem } from './root-file-system.ts';

/** Gives the released base layer by its digest, from a registry; undefined when it is not there. */
export type BaseSource = (layer: PlatformLock['layer']) => Promise<Uint8Array | undefined>;

/**
 * The layer below every module: from the cache, else from `source`, else made from the lock's packages (10 to 30 s).
 *
 * @throws Error when the packages no longer come to the locked bytes.
 */
export async function baseLayer(platform: Platform, source?: BaseSource): Promise<Layer> {
  const lock = await readLock();
  const expected = lock.platforms[platform].layer;
  const file = cacheFile(expected.digest);

  const kept = await contentOfFile(file, expected.digest);
  if (kept) return { content: kept, diffId: expected.diffId };

  const released = await source?.(expected);
  if (released) {
    await writeWhole(file, released);
    const content = await contentOfFile(file, expected.digest);
    if (content) return { content, diffId: expected.diffId };
  }

  const layer = await makeBaseLayer(lock, platform);
  if (layer.content.digest !== expected.digest) {
    throw new Error(
      `expected the base for ${platform} to be ${expected.digest}, as base.lock.json says, found ${layer.content.digest}; when what goes into it was meant to change, run "image base --relock" and commit the lock`,
    );
  }
  return layer;
}

/** Whether the base can be had without a download. */
export async function isBaseCached(platform: Platform): Promise<boolean> {
  const { digest } = (await readLock()).platforms[platform].layer;
  return (await contentOfFile(cacheFile(digest), digest)) !== undefined;
}

/** Makes the layer from the packages of a lock, and keeps it in the cache. */
export async function makeBaseLayer(lock: BaseLock, platform: Platform): Promise<Layer> {
  const { node, packages } = lock.platforms[platform];
  const [program, debs] = await Promise.all([fetchNode(node), fetchDebs(lock.debian, packages)]);
  const layer = packLayer(await rootFileSystem(lock, platform, program, debs));
  await writeWhole(cacheFile(layer.content.digest), await layer.content.read());
  return layer;
}
