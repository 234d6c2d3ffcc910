import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { type BaseLock, readLock } from '../base/lock.ts';
import { type Image, LICENSES, SOURCE } from '../image.ts';
import { FIXED_TIME } from '../layer/tar.ts';
import { type Content, contentOf } from '../oci/content.ts';

export const SPDX = 'application/spdx+json';

interface SpdxPackage {
  SPDXID: string;
  name: string;
  versionInfo: string;
  downloadLocation: 'NOASSERTION';
  filesAnalyzed: false;
  licenseConcluded: 'NOASSERTION';
  licenseDeclared: string;
  copyrightText: 'NOASSERTION';
  checksums?: { algorithm: 'SHA256' | 'SHA512'; checksumValue: string }[];
  externalRefs: { referenceCategory: 'PACKAGE-MANAGER'; referenceType: 'purl'; referenceLocator: string }[];
}

/**
 * What an image is made of, as SPDX 2.3: the npm packages that its bundle holds code of, with the hashes of the
 * lockfile above `folder`, and the base's node and Debian packages, with those of base.lock.json. The same image gives
 * the same document.
 *
 * @throws Error when the lockfile does not know a package that the bundle holds.
 */
export async function sbom(image: Image, folder: string): Promise<Content> {
  const [lock, integrities] = await Promise.all([readLock(), lockedIntegrities(folder)]);
  const digest = image.top.digest.replace('sha256:', '');
  const root = spdxPackage({
    name: image.name,
    version: image.version,
    license: LICENSES,
    purl: `pkg:oci/${image.name}@sha256%3A${digest}`,
    checksum: ['SHA256', digest],
  });
  const parts = [
    ...image.packages.map(({ name, version, license }) => {
      const integrity = integrities.get(`${name}@${version}`);
      if (!integrity)
        throw new Error(`expected ${name}@${version} in pnpm-lock.yaml, found none; run pnpm install`);
      return spdxPackage({
        name,
        version,
        license,
        purl: npmPurl(name, version),
        checksum: fromIntegrity(integrity),
      });
    }),
    ...baseParts(lock, image),
  ];
  const ids = new Set<string>();
  for (const part of parts) {
    if (ids.has(part.SPDXID))
      throw new Error(`expected each package once in the SBOM, found ${part.SPDXID} twice`);
    ids.add(part.SPDXID);
  }
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${image.name}-${image.version}`,
    documentNamespace: `${SOURCE}/spdx/${image.name}-${image.version}-${digest}`,
    // SPDX wants a time; the document is known by its digest and its image's.
    creationInfo: {
      created: new Date(FIXED_TIME * 1000).toISOString().replace('.000', ''),
      creators: ['Tool: forkspacer-modules'],
    },
    packages: [root, ...parts],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', root.SPDXID),
      ...parts.map(({ SPDXID }) => relationship(root.SPDXID, 'CONTAINS', SPDXID)),
    ],
  };
  return contentOf(Buffer.from(`${JSON.stringify(document, null, 2)}\n`));
}

function baseParts({ debian, platforms }: BaseLock, image: Image): SpdxPackage[] {
  const parts = new Map<string, SpdxPackage>();
  for (const { platform } of image.platforms) {
    const { node, packages } = platforms[platform];
    const part = spdxPackage({
      name: node.name,
      version: node.version,
      license: 'MIT',
      purl: npmPurl(node.name, node.version),
      checksum: fromIntegrity(node.integrity),
    });
    parts.set(part.SPDXID, part);
    for (const { name, version, architecture, sha256 } of packages) {
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-${debian.version}`;
      const part = spdxPackage({
        name,
        version: `${version}`,
        architecture,
        purl,
        checksum: ['SHA256', sha256],
      });
      parts.set(part.SPDXID, part);
    }
  }
  return [...parts.values()];
}

function spdxPackage(options: {
  name: string;
  version: string;
  architecture?: string;
  license?: string;
  purl: string;
  checksum: [algorithm: 'SHA256' | 'SHA512', value: string];
}): SpdxPackage {
  const { name, version, architecture, license, purl, checksum } = options;
  const id = [name, version, architecture].filter(Boolean).join('-');
  return {
    SPDXID: `SPDXRef-${id.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^-/, '')}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: license && /^[A-Za-z0-9 .+()-]+$/.test(license) ? license : 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    checksums: [{ algorithm: checksum[0], checksumValue: checksum[1] }],
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  };
}

const relationship = (from: string, relationshipType: string, to: string) => ({
  spdxElementId: from,
  relationshipType,
  relatedSpdxElement: to,
});

const npmPurl = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

function fromIntegrity(integrity: string): ['SHA512', string] {
  return ['SHA512', Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')];
}

/** The integrity of each package in the nearest pnpm-lock.yaml at or above a folder, by `name@version`. */
export async function lockedIntegrities(folder: string): Promise<Map<string, string>> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const text = await readFile(join(at, 'pnpm-lock.yaml'), 'utf8').catch(() => undefined);
    if (text !== undefined) return integritiesIn(text);
    if (at === dirname(at)) throw new Error(`expected a pnpm-lock.yaml at or above ${folder}, found none`);
  }
}

/** The last lockfile read: it is large, and every module of a release is asked for in it. */
let last: { text: string; integrities: Map<string, string> } | undefined;

function integritiesIn(text: string): Map<string, string> {
  if (last?.text !== text) {
    const { packages } = parse(text) as { packages: Record<string, { resolution: { integrity?: string } }> };
    const entries = Object.entries(packages).map(
      ([key, { resolution }]) => [key, resolution.integrity ?? ''] as const,
    );
    last = { text, integrities: new Map(entries) };
  }
  return last.integrities;
}
