import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { cacheFile, writeWhole } from '../cache.ts';
import { runCommand } from '../command.ts';
import { contentOfFile, sha256 } from '../oci/content.ts';
import type { DebianLock } from './lock.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MIRROR = 'http://deb.debian.org/debian';
const SECURITY_MIRROR = 'http://deb.debian.org/debian-security';

/** An apt with folders of its own: the machine's sources, lists and packages stay as they are, and no root is needed. */
interface Apt {
  run(program: 'apt-get' | 'apt-cache', args: string[], purpose: string): Promise<string>;
  /** where `apt-get download` puts what it fetched */
  downloads: string;
}

/**
 * The .deb files of a lock, by package name, fetched by apt and checked by their hash.
 *
 * @throws Error saying what to do when Debian no longer offers a version, or there is no apt.
 */
export async function fetchDebs(suite: string, packages: DebianLock[]): Promise<Map<string, Uint8Array>> {
  const debs = new Map<string, Uint8Array>();
  const missing: DebianLock[] = [];
  for (const item of packages) {
    const kept = await contentOfFile(cacheFile(item.sha256), `sha256:${item.sha256}`);
    if (kept) debs.set(item.name, await kept.read());
    else missing.push(item);
  }
  if (missing.length === 0) return debs;

  const architecture = targetArchitecture(packages);
  // The lock's hashes are what is trusted here; apt's own check of the signatures comes on top where Debian's keys are
  // installed (they are not on Ubuntu).
  await withApt({ suite, architecture, unsigned: !existsSync(KEYRING) }, async (apt) => {
    await apt
      .run(
        'apt-get',
        ['download', ...missing.map(({ name, version }) => `${name}=${version}`)],
        'fetch the base',
      )
      .catch((cause) => {
        throw movedOn(suite, missing, cause);
      });
    for (const file of await readdir(apt.downloads)) {
      const bytes = await readFile(join(apt.downloads, file));
      const item = missing.find(
        ({ name, sha256: hash }) => file.startsWith(`${name}_`) && hash === sha256(bytes),
      );
      if (!item) continue;
      await writeWhole(cacheFile(item.sha256), bytes);
      debs.set(item.name, bytes);
    }
  });
  const different = missing.filter(({ name }) => !debs.has(name));
  if (different.length > 0) throw movedOn(suite, different);
  return debs;
}

function movedOn(suite: string, packages: DebianLock[], cause?: unknown): Error {
  const wanted = packages
    .map(({ name, version, architecture }) => `${name} ${version} (${architecture})`)
    .join(', ');
  const reason = cause instanceof Error ? ` [${cause.message}]` : '';
  return new Error(
    `expected ${wanted} in Debian ${suite} with the hashes of base.lock.json, found that not all are offered${reason}; take the released base with --base-from REPOSITORY, point DEBIAN_MIRROR to an archive that still has them, or move on with "image base --update"`,
    { cause },
  );
}

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
  return withApt({ suite, architecture, unsigned: false }, async (apt) => {
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
  options: { suite: string; architecture: string; unsigned: boolean },
  use: (apt: Apt) => Promise<T>,
): Promise<T> {
  const { suite, architecture, unsigned } = options;
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
    const mark = unsigned ? '[trusted=yes]' : `[signed-by=${at('keys.gpg')}]`;
    if (!unsigned) await copyFile(KEYRING, at('keys.gpg'));
    const mirror = process.env.DEBIAN_MIRROR || MIRROR;
    const security = process.env.DEBIAN_SECURITY_MIRROR || (process.env.DEBIAN_MIRROR ? '' : SECURITY_MIRROR);
    await writeFile(
      at('etc/apt/sources.list'),
      [
        `deb ${mark} ${mirror} ${suite} main`,
        `deb ${mark} ${mirror} ${suite}-updates main`,
        ...(security ? [`deb ${mark} ${security} ${suite}-security main`] : []),
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

const targetArchitecture = (packages: DebianLock[]) =>
  packages.find(({ architecture }) => architecture !== 'all')?.architecture ?? 'all';
