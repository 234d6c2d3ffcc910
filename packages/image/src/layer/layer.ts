import { gzipSync } from 'fflate';
import { type Content, contentOf } from '../oci/content.ts';
import { type Entry, writeTar } from './tar.ts';

/** A layer: gzip of a tar. `diffId` is the digest of the tar itself, which the image's config lists. */
export interface Layer {
  content: Content;
  diffId: string;
}

/**
 * Packs entries as a layer whose bytes depend on them alone.
 *
 * The compressor is fflate, pinned by the lockfile, and not the zlib of node: that one's bytes change with its version
 * and with the processor's instructions.
 */
export function packLayer(entries: Entry[]): Layer {
  const tar = writeTar(entries);
  // `mem` is given because fflate else derives it from the logarithm of the size; a time of 0 writes none.
  const compressed = gzipSync(tar, { level: 9, mem: 12, mtime: 0 });
  return { content: contentOf(compressed), diffId: contentOf(tar).digest };
}
