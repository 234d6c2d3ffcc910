import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Image } from '../image.ts';
import { END_OF_TAR, fileHeader, padding } from '../layer/tar.ts';
import { formatReference, type Reference } from '../registry/reference.ts';
import { type Content, jsonContent } from './content.ts';
import { type Descriptor, INDEX, type Manifest } from './documents.ts';
import { architectureOf, type Platform } from './platform.ts';

/**
 * Writes an image as one tar that is an OCI image layout and what `docker save` writes, so that every loader finds the
 * form it knows: `docker load`, `podman load`, `ctr images import`, skopeo (oci-archive and docker-archive).
 *
 * docker-archive knows one platform a tag: with several, its tags end in the architecture.
 */
export async function writeArchive(file: string, image: Image, reference: Reference): Promise<void> {
  const entries: { path: string; content: Content }[] = [
    { path: 'index.json', content: jsonContent(layoutIndex(image, reference)) },
    { path: 'manifest.json', content: jsonContent(await dockerManifest(image, reference)) },
    { path: 'oci-layout', content: jsonContent({ imageLayoutVersion: '1.0.0' }) },
    ...image.contents.map(({ content }) => ({ path: blobPath(content.digest), content })),
  ];
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const draft = `${file}.${process.pid}`;
  try {
    await pipeline(Readable.from(parts(entries)), createWriteStream(draft));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function* parts(entries: { path: string; content: Content }[]): AsyncGenerator<Uint8Array> {
  for (const { path, content } of entries) {
    yield fileHeader(path, content.size);
    yield await content.read();
    yield padding(content.size);
  }
  yield END_OF_TAR;
}

const blobPath = (digest: string) => `blobs/${digest.replace(':', '/')}`;

function layoutIndex({ top }: Image, reference: Reference) {
  const annotations = {
    // containerd and podman take the whole name, skopeo and others the tag.
    'io.containerd.image.name': formatReference({ ...reference, digest: undefined }),
    'org.opencontainers.image.ref.name': reference.tag ?? 'latest',
  };
  return { schemaVersion: 2, mediaType: INDEX, manifests: [{ ...top, annotations } satisfies Descriptor] };
}

async function dockerManifest({ platforms, contents }: Image, reference: Reference) {
  const tagOf = (platform: Platform) =>
    `${reference.tag ?? 'latest'}${platforms.length > 1 ? `-${architectureOf(platform)}` : ''}`;
  return Promise.all(
    platforms.map(async ({ platform, manifest }) => {
      const { content } = contents.find(({ descriptor }) => descriptor.digest === manifest.digest)!;
      const { config, layers }: Manifest = JSON.parse(Buffer.from(await content.read()).toString('utf8'));
      return {
        Config: blobPath(config.digest),
        RepoTags: [formatReference({ ...reference, tag: tagOf(platform), digest: undefined })],
        Layers: layers.map(({ digest }) => blobPath(digest)),
      };
    }),
  );
}
