import { createPublicKey, type KeyObject } from 'node:crypto';
import { IN_TOTO, PREDICATE_TYPE, provenance } from './attached/provenance.ts';
import { SPDX, sbom } from './attached/sbom.ts';
import {
  attestationTag,
  cosignManifest,
  DSSE,
  isSignedBy,
  openEnvelope,
  sealEnvelope,
  signatureManifest,
  signatureTag,
  signedPayload,
} from './attached/signature.ts';
import { readLock } from './base/lock.ts';
import type { Image } from './image.ts';
import { type Content, contentOf, jsonContent } from './oci/content.ts';
import { artifactManifest, EMPTY_CONFIG, INDEX, MANIFEST, type Manifest } from './oci/documents.ts';
import type { HttpOptions } from './registry/http.ts';
import type { Reference } from './registry/reference.ts';
import { Repository } from './registry/registry.ts';

export interface PushOptions {
  /** the module's folder: its lockfile gives the SBOM its hashes */
  folder: string;
  /** the commit that the image was built from, and who built it: they go into the provenance */
  revision: string;
  builder: string;
  /** signs image and provenance; without one both go unsigned, and verify says so */
  key?: KeyObject;
  /** move a tag that names another digest; else that is an error */
  replace?: boolean;
  /** repositories of the same registry that may hold the base already */
  mountFrom?: string[];
  http?: HttpOptions;
  log?: (line: string) => void;
}

/**
 * Pushes an image with its SBOM, provenance and signature. The tag comes last, so that it never names an image that is
 * not all there. What the registry has is not sent again: a push that broke is repeated by calling it again.
 *
 * @returns the bytes of blobs that were sent
 * @throws Error when the tag names another digest, or the registry refuses.
 */
export async function pushImage(image: Image, reference: Reference, options: PushOptions): Promise<number> {
  const { registry, repository: name, tag } = reference;
  const { key, http, log = () => {} } = options;
  const repository = new Repository(registry, name, http);
  const { digest } = image.top;

  const there = tag ? await repository.readManifest(tag) : undefined;
  if (there && there.digest !== digest && !options.replace) {
    throw new Error(
      `expected the tag ${registry}/${name}:${tag} to be free or to name ${digest}, found ${there.digest}; a version once published stays as it is: give the module a new version`,
    );
  }

  let sent = 0;
  const write = async (content: Content) => {
    sent += await repository.writeBlob(content, options.mountFrom);
  };
  for (const { descriptor, content } of image.contents) {
    if (descriptor.mediaType === MANIFEST || descriptor.mediaType === INDEX) {
      await repository.writeManifest(descriptor.mediaType, content);
    } else {
      await write(content);
      log(`${descriptor.digest} ${content.size} bytes`);
    }
  }

  await write(EMPTY_CONFIG);
  const attach = async (artifactType: string, content: Content, annotations?: Record<string, string>) => {
    await write(content);
    const manifest = artifactManifest({ artifactType, subject: image.top, content, annotations });
    await repository.attach({ ...manifest, subject: manifest.subject! });
  };
  const bill = await sbom(image, options.folder);
  await attach(SPDX, bill);
  log(`SBOM ${bill.digest}`);

  const statement = jsonContent(
    provenance({
      image,
      subject: `${registry}/${name}`,
      revision: options.revision,
      builder: options.builder,
      lock: await readLock(),
      sbom: bill,
    }),
  );
  if (key) {
    const envelope = await attestation(repository, digest, statement, key, write);
    await attach(DSSE, envelope, { 'in-toto.io/predicate-type': PREDICATE_TYPE });
    log(`provenance, signed ${envelope.digest}`);
    await signature(repository, `${registry}/${name}`, digest, key, write);
    log('signature');
  } else {
    await attach(IN_TOTO, statement, { 'in-toto.io/predicate-type': PREDICATE_TYPE });
    log(`provenance, not signed ${statement.digest}`);
  }

  if (tag && there?.digest !== digest) {
    const { content } = image.contents.find(({ descriptor }) => descriptor.digest === digest)!;
    await repository.writeManifest(image.top.mediaType, content, tag);
  }
  return sent;
}

/** The signed statement where cosign looks for it. One that says the same already is kept: a signature is never the same twice. */
async function attestation(
  repository: Repository,
  digest: string,
  statement: Content,
  key: KeyObject,
  write: (content: Content) => Promise<void>,
): Promise<Content> {
  const body = Buffer.from(await statement.read());
  const tag = attestationTag(digest);
  const there = await layersOf(repository, tag);
  for (const { bytes } of there) {
    if (opensTo(body, bytes, key)) return contentOf(bytes);
  }
  const envelope = jsonContent(sealEnvelope(IN_TOTO, body, key));
  const { manifest, blobs } = cosignManifest(
    DSSE,
    envelope,
    { 'dev.cosignproject.cosign/signature': '', predicateType: PREDICATE_TYPE },
    there.map(({ layer }) => layer),
  );
  for (const blob of blobs) await write(blob);
  await repository.writeManifest(MANIFEST, jsonContent(manifest), tag);
  return envelope;
}

async function signature(
  repository: Repository,
  identity: string,
  digest: string,
  key: KeyObject,
  write: (content: Content) => Promise<void>,
): Promise<void> {
  const tag = signatureTag(digest);
  const payload = signedPayload(identity, digest);
  const there = await layersOf(repository, tag);
  if (
    there.some(
      ({ layer, bytes }) => layer.digest === payload.digest && isSignedBy(layer, bytes, publicOf(key)),
    )
  )
    return;
  const { manifest, blobs } = await signatureManifest(
    payload,
    key,
    there.map(({ layer }) => layer),
  );
  for (const blob of blobs) await write(blob);
  await repository.writeManifest(MANIFEST, jsonContent(manifest), tag);
}

/** The layers of a manifest that a tag names, with their bytes; none when there is no such tag. */
export async function layersOf(repository: Repository, tag: string) {
  const stored = await repository.readManifest(tag);
  if (!stored) return [];
  const { layers }: Manifest = JSON.parse(Buffer.from(stored.bytes).toString('utf8'));
  const found = [];
  for (const layer of layers) {
    const bytes = await repository.readBlob(layer.digest);
    if (bytes) found.push({ layer, bytes });
  }
  return found;
}

function opensTo(body: Uint8Array, envelope: Uint8Array, key: KeyObject): boolean {
  const opened = openEnvelope(JSON.parse(Buffer.from(envelope).toString('utf8')), publicOf(key));
  return !!opened && Buffer.compare(body, opened) === 0;
}

const publicOf = (key: KeyObject) => createPublicKey(key);
