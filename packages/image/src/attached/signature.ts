import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Content, jsonContent } from '../oci/content.ts';
import {
  CONFIG,
  type Descriptor,
  describe,
  type ImageConfig,
  MANIFEST,
  type Manifest,
} from '../oci/documents.ts';

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const DSSE = 'application/vnd.dsse.envelope.v1+json';
const SIGNATURE = 'dev.cosignproject.cosign/signature';

/** Where cosign looks for the signatures of a digest, and for its attestations. */
export const signatureTag = (digest: string) => `${digest.replace(':', '-')}.sig`;
export const attestationTag = (digest: string) => `${digest.replace(':', '-')}.att`;

/**
 * An ECDSA P-256 private key in PEM: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`. One with a
 * passphrase takes it from COSIGN_PASSWORD.
 *
 * @throws Error when the file holds something else, cosign's own encrypted form included.
 */
export async function readPrivateKey(file: string): Promise<KeyObject> {
  const pem = await readFile(file, 'utf8').catch((cause) => {
    throw new Error(`expected a private key in ${file}, found no file that reads`, { cause });
  });
  if (/BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY/.test(pem)) {
    throw new Error(
      `expected a PKCS#8 key in ${file}, found one in cosign's own encryption; make one with openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 (cosign import-key-pair takes it)`,
    );
  }
  try {
    return p256(createPrivateKey({ key: pem, passphrase: process.env.COSIGN_PASSWORD ?? '' }), file);
  } catch (cause) {
    throw new Error(
      `expected an ECDSA P-256 private key in PEM in ${file}, with its passphrase in COSIGN_PASSWORD where it has one, found ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** @throws Error when the file holds no ECDSA P-256 public key in PEM. */
export async function readPublicKey(file: string): Promise<KeyObject> {
  const pem = await readFile(file, 'utf8').catch((cause) => {
    throw new Error(`expected a public key in ${file}, found no file that reads`, { cause });
  });
  try {
    return p256(createPublicKey(pem), file);
  } catch (cause) {
    throw new Error(
      `expected an ECDSA P-256 public key in PEM in ${file}, found ${(cause as Error).message}`,
      { cause },
    );
  }
}

function p256(key: KeyObject, file: string): KeyObject {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve !== 'prime256v1') throw new Error(`${key.asymmetricKeyType} ${curve ?? ''} in ${file}`);
  return key;
}

const signBytes = (bytes: Uint8Array, key: KeyObject) => sign('sha256', bytes, key).toString('base64');
const verifyBytes = (bytes: Uint8Array, signature: string, key: KeyObject) =>
  verify('sha256', bytes, key, Buffer.from(signature, 'base64'));

/** What is signed of an image: where it is, and its digest. */
export function signedPayload(identity: string, digest: string) {
  return jsonContent({
    critical: {
      identity: { 'docker-reference': identity },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
}

/**
 * The manifest that carries a signed document as cosign writes it, beside those that are there already, and the blobs
 * below it.
 */
export function cosignManifest(
  mediaType: string,
  payload: Content,
  annotations: Record<string, string>,
  others: Descriptor[],
) {
  const layers = [...others, { ...describe(mediaType, payload), annotations }];
  const config = jsonContent({
    architecture: '',
    os: '',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  } satisfies ImageConfig);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe(CONFIG, config),
    layers,
  };
  return { manifest, blobs: [config, payload] };
}

export async function signatureManifest(payload: Content, key: KeyObject, others: Descriptor[]) {
  return cosignManifest(
    SIMPLE_SIGNING,
    payload,
    { [SIGNATURE]: signBytes(await payload.read(), key) },
    others,
  );
}

/** Whether a layer of a signature manifest is a signature of these bytes by this key. */
export function isSignedBy(layer: Descriptor, payload: Uint8Array, key: KeyObject): boolean {
  const signature = layer.annotations?.[SIGNATURE];
  return layer.mediaType === SIMPLE_SIGNING && !!signature && verifyBytes(payload, signature, key);
}

/** https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export interface Envelope {
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
}

export function sealEnvelope(payloadType: string, body: Uint8Array, key: KeyObject): Envelope {
  const sig = signBytes(preAuthentication(payloadType, body), key);
  return { payloadType, payload: Buffer.from(body).toString('base64'), signatures: [{ keyid: '', sig }] };
}

/** @returns the body, or undefined when no signature of it is by this key. */
export function openEnvelope(
  { payload, payloadType, signatures }: Envelope,
  key: KeyObject,
): Uint8Array | undefined {
  const body = Buffer.from(payload, 'base64');
  const signed = preAuthentication(payloadType, body);
  return signatures.some(({ sig }) => verifyBytes(signed, sig, key)) ? body : undefined;
}

function preAuthentication(payloadType: string, body: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `;
  return Buffer.concat([Buffer.from(head), body]);
}
