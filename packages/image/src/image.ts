import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { baseLayer } from './base/base-layer.ts';
import { USER } from './base/root-file-system.ts';
import { type Bundle, bundle } from './bundle.ts';
import type { BundledPackage } from './bundled-packages.ts';
import { type Description, readDescription } from './definition.ts';
import { type Layer, packLayer } from './layer/layer.ts';
import { type Entry, FIXED_TIME } from './layer/tar.ts';
import { type Content, jsonContent } from './oci/content.ts';
import {
  CONFIG,
  type Descriptor,
  describe,
  type ImageConfig,
  INDEX,
  type Index,
  LAYER,
  MANIFEST,
  type Manifest,
} from './oci/documents.ts';
import { architectureOf, DEFAULT_PLATFORM, type Platform } from './oci/platform.ts';

export const SOURCE = 'https://github.com/forkspacer/forkspacer-modules';
export const LICENSES = 'Apache-2.0';

/** An image as it is stored and pushed: the document that its digest names, and everything below that. */
export interface Image {
  name: string;
  version: string;
  description: string;
  /** What `digest` is of: the manifest of the one platform, or an index of several. */
  top: Descriptor;
  platforms: { platform: Platform; manifest: Descriptor }[];
  /** Layers, configs, manifests and the index, each below what points to it, so that they can be pushed in order. */
  contents: { descriptor: Descriptor; content: Content }[];
  /** npm packages that the bundle holds code of */
  packages: BundledPackage[];
}

export interface BuildOptions {
  /** default linux/amd64 */
  platforms?: Platform[];
  /** gives the layer below the module's; default: the locked one */
  base?: (platform: Platform) => Promise<Layer>;
}

/**
 * Builds the image of the module in `folder`.
 *
 * Two layers: the base, which all modules share, and the module's bundle. The bytes depend on the sources, the lockfile
 * and base.lock.json: on no clock, commit, path or machine.
 *
 * @throws Error when the module does not bundle, or the base cannot be had.
 */
export async function buildImage(folder: string, options: BuildOptions = {}): Promise<Image> {
  const { platforms = [DEFAULT_PLATFORM], base = baseLayer } = options;
  const [bundled, description, ...bases] = await Promise.all([
    bundle(folder),
    readDescription(folder),
    ...platforms.map((platform) => base(platform)),
  ]);
  const module = packLayer(await moduleFiles(bundled, resolve(folder)));

  const image: Image = {
    name: bundled.name,
    version: bundled.version,
    description: description.description,
    top: { mediaType: '', digest: '', size: 0 },
    platforms: [],
    contents: [],
    packages: bundled.packages,
  };
  const add = (mediaType: string, content: Content): Descriptor => {
    const descriptor = describe(mediaType, content);
    image.contents.push({ descriptor, content });
    return descriptor;
  };
  const moduleDescriptor = add(LAYER, module.content);
  for (const [index, platform] of platforms.entries()) {
    const below = bases[index]!;
    const manifest: Manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: add(CONFIG, jsonContent(imageConfig(platform, bundled, description, [below, module]))),
      layers: [add(LAYER, below.content), moduleDescriptor],
    };
    image.platforms.push({ platform, manifest: add(MANIFEST, jsonContent(manifest)) });
  }
  if (platforms.length === 1) {
    image.top = image.platforms[0]!.manifest;
  } else {
    const index: Index = {
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: image.platforms.map(({ platform, manifest }) => ({
        ...manifest,
        platform: { architecture: architectureOf(platform), os: 'linux' },
      })),
    };
    image.top = add(INDEX, jsonContent(index));
  }
  return image;
}

/** What the module's own layer adds below /app. */
async function moduleFiles({ main, worker, packages }: Bundle, folder: string): Promise<Entry[]> {
  const file = (path: string, content: Uint8Array): Entry => ({ type: 'file', path, mode: 0o644, content });
  return [
    file('app/main.cjs', main.content),
    file('app/worker.cjs', worker.content),
    file('app/LICENSES.txt', Buffer.from(licenses(packages))),
    ...(await ownLicense(folder)).map((text) => file('app/LICENSE', text)),
  ];
}

function licenses(packages: BundledPackage[]): string {
  return packages
    .map(({ name, version, license, licenseText }) =>
      [`${name} ${version} (${license ?? 'license not stated'})`, '', licenseText?.trim() ?? '', '', ''].join(
        '\n',
      ),
    )
    .join(`${'-'.repeat(80)}\n\n`);
}

/** The LICENSE of the module, or of the repository it lies in. */
async function ownLicense(folder: string): Promise<Uint8Array[]> {
  for (let at = folder; ; at = dirname(at)) {
    const text = await readFile(join(at, 'LICENSE')).catch(() => undefined);
    if (text) return [text];
    if (at === dirname(at)) return [];
  }
}

/** What a container of the image is started with. */
export const START = {
  entrypoint: ['/usr/local/bin/node', '/app/main.cjs'],
  user: `${USER.id}:${USER.id}`,
  port: 8080,
  env: {
    PATH: '/usr/local/bin',
    HOME: '/home/nonroot',
    NODE_ENV: 'production',
    SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
    PORT: '8080',
  },
  workingDirectory: '/app',
};

export function labels({
  name,
  version,
  description,
}: {
  name: string;
  version: string;
  description: string;
}) {
  return {
    'org.opencontainers.image.title': name,
    'org.opencontainers.image.description': description,
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.source': SOURCE,
    'org.opencontainers.image.licenses': LICENSES,
  };
}

function imageConfig(
  platform: Platform,
  { name, version }: Bundle,
  { description }: Description,
  layers: [base: Layer, module: Layer],
): ImageConfig {
  const created = new Date(FIXED_TIME * 1000).toISOString().replace('.000', '');
  return {
    architecture: architectureOf(platform),
    os: 'linux',
    created,
    config: {
      User: START.user,
      ExposedPorts: { [`${START.port}/tcp`]: {} },
      Env: Object.entries(START.env).map(([key, value]) => `${key}=${value}`),
      Entrypoint: START.entrypoint,
      WorkingDir: START.workingDirectory,
      Labels: labels({ name, version, description }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: [
      { created, created_by: 'base.lock.json' },
      { created, created_by: `${name}@${version}` },
    ],
  };
}
