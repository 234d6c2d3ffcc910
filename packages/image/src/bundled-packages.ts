import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An npm package that a bundle holds code of. */
export interface BundledPackage {
  name: string;
  version: string;
  /** as its package.json says it, an SPDX expression as a rule; undefined when it says none */
  license?: string;
  /** the text of its license file, where it has one */
  licenseText?: string;
}

/**
 * The packages that esbuild took files from, by name and version.
 *
 * @param inputs paths as in esbuild's metafile, relative to `root`
 */
export async function packagesOf(root: string, inputs: string[]): Promise<BundledPackage[]> {
  const folders = new Set<string>();
  for (const input of inputs) {
    const folder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder && !input.startsWith('left-out:')) folders.add(folder);
  }
  const packages = new Map<string, BundledPackage>();
  for (const folder of folders) {
    const found = await readPackage(join(root, folder));
    packages.set(`${found.name}@${found.version}`, found);
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).sort().find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const licenseText = file && (await readFile(join(folder, file), 'utf8'));
  return {
    name,
    version,
    ...(typeof license === 'string' ? { license } : {}),
    ...(licenseText ? { licenseText } : {}),
  };
}
