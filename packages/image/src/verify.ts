import type { KeyObject } from 'node:crypto';
import { IN_TOTO, PREDICATE_TYPE, type Statement } from './attached/provenance.ts';
import { SPDX } from './attached/sbom.ts';
import { DSSE, type Envelope, isSignedBy, openEnvelope, signatureTag } from './attached/signature.ts';
import { START } from './image.ts';
import { digestOf } from './oci/content.ts';
import { type Descriptor, type ImageConfig, INDEX, type Index, type Manifest } from './oci/documents.ts';
import { layersOf } from './push.ts';
import type { HttpOptions } from './registry/http.ts';
import { formatReference, type Reference } from './registry/reference.ts';
import { Repository } from './registry/registry.ts';

/** One thing looked at. A check that fails says what was expected and what was found. */
export interface Check {
  what: string;
  ok: boolean;
  detail: string;
}

export interface Verification {
  /** of what the reference names; undefined when there is nothing there */
  digest?: string;
  checks: Check[];
}

/**
 * Looks at all that a published image consists of: the digest, every blob's bytes, how it starts, its SBOM, its
 * provenance and its signature.
 *
 * @param options.key whose signature it must carry; without one no signature is looked for
 */
export async function verifyImage(
  reference: Reference,
  options: { key?: KeyObject; http?: HttpOptions } = {},
): Promise<Verification> {
  const { key, http } = options;
  const repository = new Repository(reference.registry, reference.repository, http);
  const checks: Check[] = [];
  const check = async (what: string, run: () => Promise<string>): Promise<void> => {
    try {
      checks.push({ what, ok: true, detail: await run() });
    } catch (error) {
      checks.push({ what, ok: false, detail: error instanceof Error ? error.message : String(error) });
    }
  };

  let top: { digest: string; mediaType: string; bytes: Uint8Array } | undefined;
  await check('digest', async () => {
    top = await repository.readManifest(reference.digest ?? reference.tag ?? 'latest');
    if (!top) throw new Error(`expected an image at ${formatReference(reference)}, found none`);
    if (reference.tag && reference.digest) {
      const tagged = await repository.readManifest(reference.tag);
      if (tagged?.digest !== reference.digest) {
        throw new Error(
          `expected the tag ${reference.tag} to name ${reference.digest}, found ${tagged?.digest ?? 'no such tag'}`,
        );
      }
    }
    return top.digest;
  });
  if (!top) return { checks };
  const { digest, mediaType, bytes } = top;

  const manifests: Manifest[] = [];
  await check('blobs', async () => {
    if (mediaType === INDEX) {
      for (const descriptor of json<Index>(bytes).manifests) {
        const stored = await repository.readManifest(descriptor.digest);
        if (!stored) throw new Error(`expected the manifest ${descriptor.digest}, found none`);
        manifests.push(json(stored.bytes));
      }
    } else {
      manifests.push(json(bytes));
    }
    const wanted = new Map(
      manifests.flatMap(({ config, layers }) => [config, ...layers]).map((one) => [one.digest, one]),
    );
    for (const { digest, size } of wanted.values()) {
      const blob = await repository.readBlob(digest);
      if (blob?.length !== size)
        throw new Error(`expected ${size} bytes of ${digest}, found ${blob?.length ?? 'none'}`);
    }
    return `${wanted.size} blobs of ${manifests.length} platform${manifests.length === 1 ? '' : 's'}`;
  });

  await check('config', async () => {
    if (manifests.length === 0) throw new Error('expected at least one manifest, found none that reads');
    for (const { config } of manifests) {
      const blob = await repository.readBlob(config.digest);
      const found = json<ImageConfig>(blob ?? Buffer.from('{}')).config ?? {};
      const expected = { User: START.user, Entrypoint: START.entrypoint };
      for (const [field, value] of Object.entries(expected)) {
        const is = found[field as keyof typeof expected];
        if (JSON.stringify(is) !== JSON.stringify(value)) {
          throw new Error(`expected ${field} ${JSON.stringify(value)}, found ${JSON.stringify(is)}`);
        }
      }
    }
    return `runs as ${START.user}`;
  });

  const attached: Descriptor[] = [];
  let statement: Statement | undefined;
  await check('provenance', async () => {
    attached.push(...(await repository.referrers(digest)));
    const problems: string[] = [];
    for (const artifact of await artifacts(repository, attached, [DSSE, IN_TOTO], digest)) {
      const read = statementIn(artifact, key);
      if (!read) {
        problems.push('a statement that the key did not sign');
        continue;
      }
      const subject = read.subject?.[0]?.digest?.sha256;
      if (read.predicateType !== PREDICATE_TYPE) problems.push(`a statement of type ${read.predicateType}`);
      else if (`sha256:${subject}` !== digest) problems.push(`a statement about sha256:${subject}`);
      else statement = read;
    }
    if (!statement) {
      throw new Error(
        `expected a provenance statement about ${digest}, found ${problems.join(', ') || 'none'}`,
      );
    }
    const { buildDefinition, runDetails } = statement.predicate;
    const [source] = buildDefinition.resolvedDependencies;
    return `${source?.uri}@${source?.digest.gitCommit} by ${runDetails.builder.id}`;
  });

  await check('SBOM', async () => {
    const expected = statement?.predicate.runDetails.byproducts.find(({ mediaType }) => mediaType === SPDX)
      ?.digest.sha256;
    const found = await artifacts(repository, attached, [SPDX], digest);
    const bill = found.find(({ bytes }) => !statement || digestOf(bytes) === `sha256:${expected}`);
    if (!bill) {
      throw new Error(
        `expected the SBOM ${statement ? `sha256:${expected}, which the provenance names` : `of ${digest}`}, found ${found.length === 0 ? 'none' : found.map(({ bytes }) => digestOf(bytes)).join(', ')}`,
      );
    }
    const { packages, spdxVersion } = json<{ packages: unknown[]; spdxVersion: string }>(bill.bytes);
    return `${spdxVersion}, ${packages.length} packages`;
  });

  if (key) {
    await check('signature', async () => {
      const layers = await layersOf(repository, signatureTag(digest));
      for (const { layer, bytes } of layers) {
        if (!isSignedBy(layer, bytes, key)) continue;
        const signed = json<{
          critical: { image: Record<string, string>; identity: Record<string, string> };
        }>(bytes);
        const about = signed.critical.image['docker-manifest-digest'];
        if (about === digest) return `of ${signed.critical.identity['docker-reference']}`;
      }
      throw new Error(
        `expected a signature of ${digest} by the key, found ${layers.length === 0 ? 'none' : `${layers.length} of others`}`,
      );
    });
  }
  return { digest, checks };
}

/** With a key, a statement counts when that key signed it; without one, as it stands. */
function statementIn({ type, bytes }: Artifact, key: KeyObject | undefined): Statement | undefined {
  if (type !== DSSE) return key ? undefined : json(bytes);
  const envelope = json<Envelope>(bytes);
  const body = key ? openEnvelope(envelope, key) : Buffer.from(envelope.payload, 'base64');
  return body && json(body);
}

interface Artifact {
  type: string;
  bytes: Uint8Array;
}

/** What is attached of some types, when it is attached to the digest indeed. */
async function artifacts(
  repository: Repository,
  attached: Descriptor[],
  types: string[],
  digest: string,
): Promise<Artifact[]> {
  const found: Artifact[] = [];
  for (const descriptor of attached) {
    const stored = await repository.readManifest(descriptor.digest);
    if (!stored) continue;
    const { subject, layers } = json<Manifest>(stored.bytes);
    if (subject?.digest !== digest) continue;
    for (const layer of layers.filter(({ mediaType }) => types.includes(mediaType))) {
      const bytes = await repository.readBlob(layer.digest);
      if (bytes) found.push({ type: layer.mediaType, bytes });
    }
  }
  return found;
}

function json<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
