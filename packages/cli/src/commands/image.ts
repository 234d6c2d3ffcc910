import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REGISTRY } from '@forkspacer/catalog';
import {
  baseFrom,
  baseLayer,
  buildImage,
  formatReference,
  type HttpOptions,
  type Image,
  type Platform,
  parsePlatforms,
  parseReference,
  pushImage,
  type Reference,
  readPrivateKey,
  readPublicKey,
  sbom,
  updateBase,
  verifyImage,
  writeArchive,
  writeDockerContext,
} from '@forkspacer/image';
import { repository } from '../repository.ts';

interface BuildOptions {
  platform: string;
  tag?: string;
  baseFrom?: string;
}

interface RegistryOptions {
  plainHttp?: boolean;
}

/** `image <name> --out FILE`: the last line printed is the reference, pinned by its digest. */
export async function image(
  name: string,
  options: BuildOptions & { out?: string; sbom?: string },
): Promise<void> {
  if (!options.out) throw new Error('expected --out FILE.tar, where the image is to be written, found none');
  const { built, reference } = await build(name, options);
  await writeArchive(options.out, built, reference);
  if (options.sbom) await writeFile(options.sbom, await (await sbom(built, moduleFolder(name))).read());
  console.log(formatReference({ ...reference, digest: built.top.digest }));
}

/** `image push <name>`: the image, its SBOM, its provenance and its signature; ends with the pinned reference. */
export async function push(
  name: string,
  options: BuildOptions &
    RegistryOptions & {
      key?: string;
      revision?: string;
      builder: string;
      replace?: boolean;
      mountFrom?: string[];
    },
): Promise<void> {
  const revision = options.revision ?? headRevision();
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(revision)) {
    throw new Error(`expected --revision with a whole commit hash, found ${JSON.stringify(revision)}`);
  }
  const key = options.key ? await readPrivateKey(options.key) : undefined;
  const { built, reference } = await build(name, options);
  const sent = await pushImage(built, reference, {
    folder: moduleFolder(name),
    revision,
    builder: options.builder,
    key,
    replace: options.replace,
    mountFrom: options.mountFrom,
    http: http(options),
    log: (line) => console.log(line),
  });
  console.log(`${sent} bytes sent${key ? '' : '; not signed: no --key was given'}`);
  console.log(formatReference({ ...reference, digest: built.top.digest }));
}

/** `image verify REF`: a line a check; throws when one of them fails. */
export async function verify(
  reference: string,
  options: RegistryOptions & { key?: string; unsigned?: boolean; output: string },
): Promise<void> {
  if (!options.key === !options.unsigned) {
    throw new Error(
      'expected --key FILE with the public key of who signed, or --unsigned, found neither or both',
    );
  }
  const key = options.key ? await readPublicKey(options.key) : undefined;
  const { digest, checks } = await verifyImage(parseReference(reference), { key, http: http(options) });
  if (options.output === 'json') {
    console.log(JSON.stringify({ reference, digest, checks }, null, 2));
  } else {
    for (const { what, ok, detail } of checks) console.log(`${ok ? 'ok    ' : 'FAILED'} ${what}: ${detail}`);
  }
  const failed = checks.filter(({ ok }) => !ok).map(({ what }) => what);
  if (failed.length > 0) throw new Error(`${reference} does not verify: ${failed.join(', ')}`);
}

/** `image base`: makes the base layer, or rewrites what it is made of. */
export async function base(options: {
  platform: string;
  update?: boolean;
  relock?: boolean;
  node?: string;
  baseFrom?: string;
}): Promise<void> {
  if (options.update || options.relock || options.node) {
    await updateBase({ packages: !!options.update, node: options.node });
    console.log('wrote packages/image/base.lock.json');
  }
  for (const platform of parsePlatforms(options.platform)) {
    const { content } = await baseMaker(options)(platform);
    console.log(`${platform} ${content.digest} ${content.size} bytes`);
  }
}

/** `image dockerfile <name> --out FOLDER`: what docker needs to make the same file system. */
export async function dockerfile(
  name: string,
  options: { out: string; tag?: string; baseFrom?: string },
): Promise<void> {
  const folder = moduleFolder(name);
  const written = await writeDockerContext(folder, options.out, {
    reference: formatReference(referenceOf(name, options.tag)),
    base: baseMaker(options),
  });
  for (const path of written) console.log(`wrote ${join(options.out, path)}`);
}

async function build(name: string, options: BuildOptions): Promise<{ built: Image; reference: Reference }> {
  const built = await buildImage(moduleFolder(name), {
    platforms: parsePlatforms(options.platform),
    base: baseMaker(options),
  });
  return { built, reference: referenceOf(name, options.tag) };
}

function referenceOf(name: string, tag: string | undefined): Reference {
  const { version } = JSON.parse(readFileSync(join(moduleFolder(name), 'package.json'), 'utf8'));
  const reference = parseReference(tag ?? `${REGISTRY}/${name}`);
  return { ...reference, tag: reference.tag ?? version };
}

/** Makes the base, or takes it from where --base-from says that it is. */
function baseMaker({ baseFrom: from = process.env.FORKSPACER_BASE_FROM }: { baseFrom?: string }) {
  return (platform: Platform) => baseLayer(platform, from ? baseFrom(from) : undefined);
}

const http = ({ plainHttp }: RegistryOptions): HttpOptions => ({ plainHttp });

/** The commit checked out, when the sources are as it has them. */
function headRevision(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    if (git('status', '--porcelain', '--untracked-files=no') === '') return git('rev-parse', 'HEAD');
  } catch {
    throw new Error('expected --revision COMMIT, or a git checkout to read it from, found neither');
  }
  throw new Error(
    'expected the sources as they are committed, found changes; commit them, or give --revision COMMIT',
  );
}

function moduleFolder(name: string): string {
  const folder = join(repository, 'modules', name);
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(join(folder, 'package.json'))) {
    throw new Error(`expected the name of a module, a folder of modules/, found ${JSON.stringify(name)}`);
  }
  return folder;
}
