import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { baseFrom } from './base/released.ts';
import { buildImage, type Image } from './image.ts';
import { contentOf, digestOf } from './oci/content.ts';
import { PLATFORMS, type Platform } from './oci/platform.ts';
import { type PushOptions, pushImage } from './push.ts';
import { parseReference } from './registry/reference.ts';
import { realRegistry, startMemoryRegistry, type TestRegistry } from './testing/registry.ts';
import { verifyImage } from './verify.ts';

const hello = join(import.meta.dirname, '../../../modules/hello');
const PIECE = 1_000_000;
const PIECES = 3;
const BASE_SIZE = 2_500_000;

/** Three pieces of an upload, of which no two are alike. */
const base = async (platform: Platform) => {
  const bytes = Buffer.alloc(BASE_SIZE, `${platform} is the base of this image `);
  for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at, at);
  return { content: contentOf(bytes), diffId: digestOf(Buffer.from(platform)) };
};

let folder: string;
let image: Image;
let both: Image;
let registry: TestRegistry;
let repository: string;
let count = 0;
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const http = { pause: 1, piece: PIECE };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'forkspacer-push-'));
  image = await buildImage(hello, { base });
  both = await buildImage(hello, { base, platforms: [...PLATFORMS] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  // Uploads that were begun are remembered in the cache, and no credentials of the machine are looked at.
  vi.stubEnv('XDG_CACHE_HOME', join(folder, `cache-${++count}`));
  vi.stubEnv('DOCKER_CONFIG', folder);
  repository = `test-${process.pid}/${Date.now()}-${count}`;
});
afterEach(() => {
  vi.unstubAllEnvs();
  registry.requests.length = 0;
  registry.fault = () => undefined;
});

const reference = (tag = '0.1.0') => parseReference(`${registry.host}/${repository}:${tag}`);

function push(pushed = image, options: Partial<PushOptions> & { tag?: string } = {}): Promise<number> {
  return pushImage(pushed, reference(options.tag), {
    folder: hello,
    revision: 'a'.repeat(40),
    builder: 'https://example.com/run/1',
    key,
    http,
    ...options,
  });
}

async function failures(
  publicKey: KeyObject | undefined = createPublicKey(key),
  at = reference(),
): Promise<string[]> {
  const { checks } = await verifyImage(at, { key: publicKey, http });
  return checks.filter(({ ok }) => !ok).map(({ what, detail }) => `${what}: ${detail}`);
}

const piecesSent = () =>
  registry.requests.filter(({ line, bytes }) => line.startsWith('PATCH') && bytes >= BASE_SIZE % PIECE);

/** Not a synchronous one: the registry, or what stands before it, answers from this process. */
async function output(program: string, ...args: string[]): Promise<Buffer> {
  return (await promisify(execFile)(program, args, { encoding: 'buffer' })).stdout;
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((at) => existsSync(join(at, program)));
}

const real = realRegistry();
if (!real) {
  const words =
    'expected a registry at REGISTRY_TEST=host:port, or docker-registry (Debian: apt-get install docker-registry) on PATH, found neither';
  if (process.env.TEST_REAL === 'required') throw new Error(words);
  console.warn(`SKIPPED: pushing to a real registry: ${words}`);
}

describe.each([
  { name: 'a registry in memory', start: startMemoryRegistry },
  { name: 'a real registry', start: real },
])('$name', ({ start }) => {
  describe.skipIf(!start)('', () => {
    beforeAll(async () => {
      registry = await start!();
    });
    afterAll(() => registry.stop());

    test('takes an image with all that belongs to it, and a second push sends nothing', async () => {
      expect(await push(both)).toBeGreaterThan(2 * BASE_SIZE);
      expect(await failures()).toEqual([]);
      registry.requests.length = 0;
      expect(await push(both)).toBe(0);
      expect(registry.requests.filter(({ line }) => /^(POST|PATCH)/.test(line))).toEqual([]);
      expect(await failures()).toEqual([]);
    });

    test('gets it whole although calls fail for a while', async () => {
      const seen = new Map<string, number>();
      registry.fault = (line) => {
        const times = (seen.get(line) ?? 0) + 1;
        seen.set(line, times);
        if (times === 1) return { status: 503 };
        if (times === 2) return 'break';
        if (times === 3 && !line.startsWith('PUT')) return { status: 429, headers: { 'retry-after': '0' } };
        return undefined;
      };
      await push();
      expect(await failures()).toEqual([]);
    });

    test('gets each byte once when an answer is lost after its effect', async () => {
      let lost = 0;
      registry.fault = (line) => (line.startsWith('PATCH') && lost++ === 1 ? 'break-after' : undefined);
      await push();
      expect(lost).toBeGreaterThan(1);
      expect(piecesSent()).toHaveLength(PIECES);
      expect(await failures()).toEqual([]);
    });

    test('goes on where a push ended that was given up', async () => {
      registry.fault = (line) => (line.startsWith('PATCH') && piecesSent().length > 2 ? 'break' : undefined);
      await expect(push(image, { http: { ...http, attempts: 2 } })).rejects.toThrow(
        /expected PATCH .* to be done, found no answer/,
      );
      registry.fault = () => undefined;
      registry.requests.length = 0;
      await push();
      expect(piecesSent()).toHaveLength(PIECES - 2);
      expect(await failures()).toEqual([]);
    });

    test('has no tag before the image is all there', async () => {
      registry.fault = (line) =>
        line.startsWith('PUT') && line.endsWith('.sig') ? { status: 403 } : undefined;
      await expect(push()).rejects.toThrow(/found 403.*docker login/);
      registry.fault = () => undefined;
      const { checks } = await verifyImage(reference(), { http });
      expect(checks).toEqual([
        {
          what: 'digest',
          ok: false,
          detail: expect.stringMatching(/^expected an image at .*:0\.1\.0, found none$/),
        },
      ]);
    });

    test('keeps a version that was published', async () => {
      await push(image);
      await expect(push(both)).rejects.toThrow(/a version once published stays as it is/);
      await push(both, { replace: true });
      expect(await failures()).toEqual([]);
    });

    test('is not sent a base that another repository of it has', async () => {
      await push();
      const other = repository;
      repository = `${repository}-second`;
      registry.requests.length = 0;
      expect(await push(image, { mountFrom: ['not/there', other] })).toBeLessThan(BASE_SIZE);
      expect(piecesSent()).toEqual([]);
      expect(await failures()).toEqual([]);
    });

    test('gives the base back to whoever builds on it', async () => {
      await push();
      const { content, diffId } = await base('linux/amd64');
      const source = baseFrom(`${registry.host}/${repository}`, http);
      const found = await source({ digest: content.digest, size: content.size, diffId });
      expect(digestOf(found!)).toBe(content.digest);
      expect(await source({ digest: digestOf(Buffer.from('other')), size: 1, diffId })).toBeUndefined();
    });

    if (onPath('skopeo')) {
      test('gives skopeo the digest that we say', async () => {
        await push(both);
        const at = `docker://${registry.host}/${repository}:0.1.0`;
        expect(digestOf(await output('skopeo', 'inspect', '--raw', '--tls-verify=false', at))).toBe(
          both.top.digest,
        );
        const seen = JSON.parse((await output('skopeo', 'inspect', '--tls-verify=false', at)).toString());
        expect(seen.Labels['org.opencontainers.image.title']).toBe('hello');
      });
    }

    if (onPath('cosign')) {
      test('gives cosign what it verifies by itself', async () => {
        await push(both);
        const file = join(folder, 'cosign.pub');
        writeFileSync(file, createPublicKey(key).export({ type: 'spki', format: 'pem' }));
        const at = `${registry.host}/${repository}:0.1.0`;
        const options = ['--key', file, '--insecure-ignore-tlog=true'];
        const [signed] = JSON.parse((await output('cosign', 'verify', ...options, at)).toString());
        expect(signed.critical.image['docker-manifest-digest']).toBe(both.top.digest);
        const attested = await output(
          'cosign',
          'verify-attestation',
          ...options,
          '--type',
          'slsaprovenance1',
          at,
        );
        const statement = JSON.parse(
          Buffer.from(JSON.parse(attested.toString()).payload, 'base64').toString(),
        );
        expect(`sha256:${statement.subject[0].digest.sha256}`).toBe(both.top.digest);
      });
    }

    test('is caught when the signature is of someone else', async () => {
      await push(image, { key: stranger });
      expect(await failures()).toEqual([
        expect.stringMatching(
          /^provenance: expected a provenance statement .*, found a statement that the key did not sign$/,
        ),
        expect.stringMatching(/^signature: expected a signature of sha256:.* by the key, found 1 of others$/),
      ]);
      await push(image);
      expect(await failures()).toEqual([]);
      expect(await failures(createPublicKey(stranger))).toEqual([]);
    });

    test('is caught when nothing was signed', async () => {
      await push(image, { key: undefined });
      expect((await failures()).map((line) => line.split(':')[0])).toEqual(['provenance', 'signature']);
      const { checks } = await verifyImage(reference(), { http });
      expect(checks.map(({ what, ok }) => [what, ok])).toEqual([
        ['digest', true],
        ['blobs', true],
        ['config', true],
        ['provenance', true],
        ['SBOM', true],
      ]);
    });
  });
});

describe('a registry of its own kind', () => {
  beforeEach(async () => {
    registry = await startMemoryRegistry();
  });
  afterEach(() => registry.stop());

  test('that lists no referrers gets a tag that does', async () => {
    registry.memory!.listsReferrers = false;
    await push();
    expect(await failures()).toEqual([]);
    expect([...registry.memory!.manifests.keys()]).toContain(
      `${repository}:${image.top.digest.replace(':', '-')}`,
    );
  });

  test('that takes no pieces gets blobs whole', async () => {
    registry.memory!.takesPieces = false;
    await push();
    expect(await failures()).toEqual([]);
  });

  test('that wants a login gets one, and never shows it in an error', async () => {
    registry.memory!.login = 'me:secret-word';
    const credentials = async () => ({ username: 'me', password: 'secret-word' });
    await push(image, { http: { ...http, credentials } });
    expect(
      (await verifyImage(reference(), { key: createPublicKey(key), http: { ...http, credentials } })).checks,
    ).toEqual(expect.not.arrayContaining([expect.objectContaining({ ok: false })]));
    const wrong = async () => ({ username: 'me', password: 'wrong-word' });
    const error = await push(both, { tag: '2', http: { ...http, credentials: wrong } }).catch(
      ({ message }) => message,
    );
    expect(error).toMatch(/found 401.*; run docker login/);
    expect(error).not.toContain('wrong-word');
  });

  test('that holds other bytes than it says is caught', async () => {
    await push();
    const { memory } = registry;
    const layer = [...memory!.blobs].find(([, bytes]) => bytes.length === BASE_SIZE)!;
    memory!.blobs.set(layer[0], Buffer.concat([layer[1].subarray(1), Buffer.from('x')]));
    expect(await failures()).toEqual([expect.stringMatching(/^blobs: .*expected bytes of sha256:/)]);
    memory!.blobs.delete(layer[0]);
    expect(await failures()).toEqual([
      `blobs: expected ${BASE_SIZE} bytes of ${layer[0].split('@')[1]}, found none`,
    ]);
  });

  test('that lost the SBOM, or has another, is caught by what the provenance says', async () => {
    await push();
    const { memory } = registry;
    const bill = [...memory!.blobs].find(([, bytes]) => bytes.toString('utf8').includes('"SPDX-2.3"'))!;
    memory!.blobs.delete(bill[0]);
    expect(await failures()).toEqual([
      `SBOM: expected the SBOM ${bill[0].split('@')[1]}, which the provenance names, found none`,
    ]);
  });

  test('is not asked again after a clear no', async () => {
    registry.fault = () => ({ status: 400 });
    await expect(push()).rejects.toThrow(/found 400/);
    expect(registry.requests).toHaveLength(1);
  });
});
