import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { type Entry, readTar } from '../layer/tar.ts';
import { architectureOf, type Platform } from '../oci/platform.ts';
import type { BaseLock } from './lock.ts';

/** Whom a module runs as. */
export const USER = { id: 65532, name: 'nonroot' };

/** The Debian packages of the base. gcc-14-base holds the license of the two libraries above it. */
export const PACKAGES = ['ca-certificates', 'gcc-14-base', 'libc6', 'libgcc-s1', 'libstdc++6'];

/** What node loads (`readelf -d`), and what glibc loads by itself to look up names. */
const LIBRARIES =
  /^(?:usr\/)?lib\/[a-z0-9_]+-linux-gnu\/(?:ld-linux[^/]*|lib(?:c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+|nss_dns|nss_files|anl)\.so\.[0-9][^/]*)$/;
/** The loader's own name, which is part of every program. */
const LOADER = /^(?:usr\/)?lib(?:64)?\/ld-linux[^/]*$/;
const LICENSE = /^usr\/share\/doc\/[^/]+(?:\/copyright)?$/;
const CERTIFICATE = /^usr\/share\/ca-certificates\/.*\.crt$/;

/** The root file system that all modules share: node, the libraries it loads, certificates, one user, no shell. */
export async function rootFileSystem(
  lock: BaseLock,
  platform: Platform,
  node: Map<string, Uint8Array>,
  debs: Map<string, Uint8Array>,
): Promise<Entry[]> {
  const entries: Entry[] = [
    directory('app'),
    directory('dev'),
    directory('proc'),
    directory('sys'),
    directory('run'),
    directory('var/tmp', 0o1777),
    directory('tmp', 0o1777),
    directory('forkspacer'),
    directory('home/nonroot'),
    file('etc/passwd', passwd()),
    file('etc/group', `root:x:0:\n${USER.name}:x:${USER.id}:\n`),
    file('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
    file('etc/os-release', osRelease(lock)),
    { type: 'file', path: 'usr/local/bin/node', mode: 0o755, content: node.get('bin/node')! },
    { type: 'file', path: 'usr/share/doc/node/LICENSE', mode: 0o644, content: node.get('LICENSE')! },
    // Debian keeps everything below /usr.
    { type: 'symlink', path: 'lib', mode: 0o777, target: 'usr/lib' },
  ];
  if (architectureOf(platform) === 'amd64') {
    entries.push({ type: 'symlink', path: 'lib64', mode: 0o777, target: 'usr/lib64' });
  }

  const certificates: { path: string; text: string }[] = [];
  for (const [name, deb] of [...debs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { control, data } = await unpack(name, deb);
    // Where scanners look for the packages of an image that has no dpkg.
    entries.push(file(`var/lib/dpkg/status.d/${name}`, control));
    for (const entry of data) {
      if (entry.type === 'file' && CERTIFICATE.test(entry.path)) {
        certificates.push({ path: entry.path, text: Buffer.from(entry.content).toString('utf8').trim() });
      }
      if (entry.type === 'link' || entry.type === 'directory') continue;
      if (!LIBRARIES.test(entry.path) && !LOADER.test(entry.path) && !LICENSE.test(entry.path)) continue;
      const mode = entry.type === 'symlink' ? 0o777 : entry.mode & 0o755;
      entries.push({ ...entry, path: entry.path.replace(/^lib/, 'usr/lib'), mode });
    }
  }
  if (certificates.length < 50) throw new Error(`expected CA certificates, found ${certificates.length}`);
  certificates.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  entries.push(
    file('etc/ssl/certs/ca-certificates.crt', certificates.map(({ text }) => `${text}\n`).join('')),
  );
  return entries;
}

const file = (path: string, text: string, mode = 0o644): Entry => ({
  type: 'file',
  path,
  mode,
  content: Buffer.from(text),
});

const directory = (path: string, mode = 0o755): Entry => ({ type: 'directory', path, mode });

const passwd = () =>
  [
    'root:x:0:0:root:/:/sbin/nologin',
    `${USER.name}:x:${USER.id}:${USER.id}::/home/nonroot:/sbin/nologin`,
    '',
  ].join('\n');

const osRelease = ({ debian }: BaseLock) =>
  [
    'PRETTY_NAME="Forkspacer module base"',
    'NAME="Debian GNU/Linux"',
    'ID="debian"',
    `VERSION_ID="${debian.version}"`,
    `VERSION_CODENAME="${debian.suite}"`,
    '',
  ].join('\n');

/** dpkg-deb comes with every apt; it knows the compressions that packages use. */
async function unpack(name: string, deb: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'forkspacer-deb-'));
  try {
    const path = join(folder, 'package.deb');
    await writeFile(path, deb);
    const purpose = `unpack ${name}`;
    const data = [...readTar(await runCommand('dpkg-deb', ['--fsys-tarfile', path], { purpose }))];
    for (const entry of readTar(await runCommand('dpkg-deb', ['--ctrl-tarfile', path], { purpose }))) {
      if (entry.path === 'control' && entry.type === 'file') {
        return { control: Buffer.from(entry.content).toString('utf8'), data };
      }
    }
    throw new Error(`expected a control file in the package ${name}, found none`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
