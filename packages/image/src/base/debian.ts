import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { cacheFile, writeWhole } from '../cache.ts';
import { runCommand } from '../command.ts';
import { contentOfFile, sha256 } from '../oci/content.ts';
import type { BaseLock, DebianLock } from './lock.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MIRROR = 'http://deb.debian.org';
/** Every state that Debian's archive was ever in. */
const SNAPSHOT = 'https://snapshot.debian.org/archive';

/** An apt with folders of its own: the machine's sources, lists and packages stay as they are, and no root is needed. */
interface Apt {
  run(program: 'apt-get' | 'apt-cache', args: string[], purpose: string): Promise<string>;
  /** where `apt-get download` puts what it fetched */
  downloads: string;
}

/**
 * The .deb files of a lock, by package name, fetched by apt and checked by their hash: from Debian's archive (or
 * DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR), else from its state at the time of the lock.
 *
 * @throws Error saying what to do when a version is no longer to be had, or there is no apt.
 */
export async function fetchDebs(
  debian: BaseLock['debian'],
  packages: DebianLock[],
): Promise<Map<string, Uint8Array>> {
  const debs = new Map<string, Uint8Array>();
  for (const item of packages) {
    const kept = await contentOfFile(cacheFile(item.sha256), `sha256:${item.sha256}`);
    if (kept) debs.set(item.name, await kept.read());
  }
  const reasons: string[] = [];
  for (const mirrors of [currentMirrors(), snapshotMirrors(debian.snapshot)]) {
    const missing = packages.filter(({ name }) => !debs.has(name));
    if (missing.length === 0) break;
    try {
      const found = await download(debian.suite, mirrors, missing);
      for (const [name, bytes] of found) debs.set(name, bytes);
      if (found.size < missing.length) reasons.push(`${mirrors.main}: other hashes`);
    } catch (error) {
      reasons.push(`${mirrors.main}: ${(error as Error).message}`);
    }
  }
  const missing = packages.filter(({ name }) => !debs.has(name));
  if (missing.length > 0) {
    const wanted = missing.map(({ name, version, architecture }) => `${name} ${version} (${architecture})`);
    throw new Error(
      `expected ${wanted.join(', ')} of Debian ${debian.suite}, with the hashes of base.lock.json, found none; take the released base with --base-from REPOSITORY, or newer packages with "image base --update" [${reasons.join('; ')}]`,
    );
  }
  return debs;
}

/** What apt finds of some packages, when it has the right hash; it is kept in the cache. */
async function download(
  suite: string,
  mirrors: Mirrors,
  packages: DebianLock[],
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const architecture = packages.find(({ architecture }) => architecture !== 'all')?.architecture ?? 'amd64';
  await withApt({ suite, architecture, mirrors, pinned: true }, async (apt) => {
    const wanted = packages.map(({ name, version }) => `${name}=${version}`);
    await apt.run('apt-get', ['download', ...wanted], 'fetch the base');
    for (const file of await readdir(apt.downloads)) {
      const bytes = await readFile(join(apt.downloads, file));
      const hash = sha256(bytes);
      const item = packages.find(({ name, sha256 }) => file.startsWith(`${name}_`) && sha256 === hash);
      if (!item) continue;
      await writeWhole(cacheFile(hash), bytes);
      found.set(item.name, bytes);
    }
  });
  return found;
}

interface Mirrors {
  main: string;
  security?: string;
}

function currentMirrors(): Mirrors {
  const { DEBIAN_MIRROR: main, DEBIAN_SECURITY_MIRROR: security } = process.env;
  if (main) return { main, security };
  return { main: `${MIRROR}/debian`, security: security ?? `${MIRROR}/debian-security` };
}

const snapshotMirrors = (time: string): Mirrors => ({
  main: `${SNAPSHOT}/debian/${time}`,
  security: `${SNAPSHOT}/debian-security/${time}`,
});

/** What a suite offers now for some packages. The lists are checked against Debian's keys. */
export async function candidates(
  suite: string,
  architecture: string,
  names: string[],
): Promise<DebianLock[]> {
  if (!existsSync(KEYRING)) {
    throw new Error(
      `expected Debian's keys in ${KEYRING}, found none: install the package debian-archive-keyring`,
    );
  }
  return withApt({ suite, architecture, mirrors: currentMirrors(), pinned: false }, async (apt) => {
    const shown = await apt.run('apt-cache', ['show', '--no-all-versions', ...names], 'look up the base');
    const found = shown
      .split('\n\n')
      .filter((stanza) => stanza.trim() !== '')
      .map((stanza) => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
        return {
          name: field('Package'),
          version: field('Version'),
          architecture: field('Architecture'),
          sha256: field('SHA256'),
        };
      });
    return names.map((name) => {
      const item = found.find((candidate) => candidate.name === name);
      if (!item?.sha256)
        throw new Error(`expected a package ${name} in Debian ${suite} for ${architecture}, found none`);
      return item;
    });
  });
}

async function withApt<T>(
  options: { suite: string; architecture: string; mirrors: Mirrors; pinned: boolean },
  use: (apt: Apt) => Promise<T>,
): Promise<T> {
  const { suite, architecture, mirrors, pinned } = options;
  // Hashes of our own are what counts for pinned packages: Debian's signatures are checked on top of them where its
  // keys are installed (they are not on Ubuntu), and lists may be old, as a snapshot's are.
  const signed = !pinned || existsSync(KEYRING);
  const folder = await mkdtemp(join(tmpdir(), 'forkspacer-apt-'));
  try {
    const at = (...path: string[]) => join(folder, ...path);
    for (const path of [
      'etc/apt/apt.conf.d',
      'etc/apt/preferences.d',
      'etc/apt/sources.list.d',
      'etc/apt/trusted.gpg.d',
      'var/lib/apt/lists/partial',
      'var/lib/dpkg',
      'var/cache/apt/archives/partial',
      'var/log/apt',
      'downloads',
    ]) {
      await mkdir(at(path), { recursive: true });
    }
    await writeFile(at('var/lib/dpkg/status'), '');
    const mark = signed ? `[signed-by=${at('keys.gpg')}]` : '[trusted=yes]';
    if (signed) await copyFile(KEYRING, at('keys.gpg'));
    await writeFile(
      at('etc/apt/sources.list'),
      [
        `deb ${mark} ${mirrors.main} ${suite} main`,
        `deb ${mark} ${mirrors.main} ${suite}-updates main`,
        ...(mirrors.security ? [`deb ${mark} ${mirrors.security} ${suite}-security main`] : []),
        '',
      ].join('\n'),
    );
    await writeFile(
      at('apt.conf'),
      [
        ...(await networkSettings()),
        `Dir "${folder}";`,
        `Dir::State::status "${at('var/lib/dpkg/status')}";`,
        `APT::Architecture "${architecture}";`,
        `APT::Architectures { "${architecture}"; };`,
        `APT::Sandbox::User "${userInfo().username}";`,
        'Acquire::Languages "none";',
        'Acquire::Retries "3";',
        `Acquire::Check-Valid-Until "${!pinned}";`,
        '',
      ].join('\n'),
    );
    const apt: Apt = {
      downloads: at('downloads'),
      run: async (program, args, purpose) =>
        (
          await runCommand(program, args, {
            purpose,
            cwd: at('downloads'),
            env: { APT_CONFIG: at('apt.conf'), LC_ALL: 'C' },
          })
        ).toString(),
    };
    await apt.run(
      'apt-get',
      ['-qq', '-o', 'APT::Update::Error-Mode=any', 'update'],
      'read the package lists of Debian',
    );
    return await use(apt);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The machine's way to the network (proxies, certificates), and nothing else of its apt settings. */
async function networkSettings(): Promise<string[]> {
  const dump = await runCommand('apt-config', ['dump', '--format', '%F "%v";%n', 'Acquire'], {
    purpose:
      'build the base, which takes its libraries from Debian packages (or give --base-from REPOSITORY)',
  });
  return dump
    .toString()
    .split('\n')
    .filter((line) => /^Acquire::(https?|Force[A-Za-z0-9]*)(::\S*)? "..*";$/.test(line));
}
