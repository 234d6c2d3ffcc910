import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sha256 } from '../oci/content.ts';
import { fetchDebs } from './debian.ts';

const debian = { suite: 'trixie', version: '13', snapshot: '20260102T030405Z' };
const libc = { name: 'libc6', version: '2.41-1', architecture: 'amd64', sha256: sha256('the right bytes') };

let folder: string;

/** An apt that offers, at an archive, a libc6 of some bytes, and writes down where it was sent. */
function apt(archives: Record<string, string>): void {
  const offers = Object.entries(archives).map(
    ([archive, bytes]) =>
      `if grep -q '${archive}' "$folder/etc/apt/sources.list"; then printf '%s' '${bytes}' > libc6_2.41-1_amd64.deb; exit 0; fi`,
  );
  const scripts = {
    'apt-config': 'exit 0',
    'apt-get': [
      'folder=${APT_CONFIG%/apt.conf}',
      `grep -o 'http[^ ]*' "$folder/etc/apt/sources.list" | head -1 >> ${join(folder, 'asked')}`,
      'case "$*" in *update*) exit 0 ;; esac',
      ...offers,
      'echo "E: Version was not found" >&2; exit 100',
    ].join('\n'),
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
}

const asked = () => new Set(readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forkspacer-debian-'));
  mkdirSync(join(folder, 'bin'));
  vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`);
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  vi.stubEnv('DEBIAN_MIRROR', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a package is fetched once and then comes from the cache', async () => {
  apt({ 'deb.debian.org': 'the right bytes' });
  expect(Buffer.from((await fetchDebs(debian, [libc])).get('libc6')!).toString()).toBe('the right bytes');
  apt({});
  expect((await fetchDebs(debian, [libc])).size).toBe(1);
});

test('what Debian offers no more comes from its state at the time of the lock', async () => {
  apt({ 'snapshot.debian.org/archive/debian/20260102T030405Z': 'the right bytes' });
  expect((await fetchDebs(debian, [libc])).size).toBe(1);
  expect([...asked()]).toEqual([
    'http://deb.debian.org/debian',
    'https://snapshot.debian.org/archive/debian/20260102T030405Z',
  ]);
});

test('other bytes under the same version are not taken, and the error says what to do', async () => {
  apt({ 'deb.debian.org': 'other bytes', 'snapshot.debian.org': 'other bytes' });
  await expect(fetchDebs(debian, [libc])).rejects.toThrow(
    /^expected libc6 2\.41-1 \(amd64\) of Debian trixie, with the hashes of base\.lock\.json, found none; take the released base with --base-from REPOSITORY, or newer packages with "image base --update" \[.*other hashes/,
  );
});

test('a mirror of one’s own is asked first', async () => {
  vi.stubEnv('DEBIAN_MIRROR', 'http://mirror.example/debian');
  apt({ 'mirror.example': 'the right bytes' });
  expect((await fetchDebs(debian, [libc])).size).toBe(1);
  expect([...asked()]).toEqual(['http://mirror.example/debian']);
});
