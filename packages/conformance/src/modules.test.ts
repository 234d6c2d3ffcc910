import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCustom, unwrap } from '@forkspacer/contract';
import { afterAll, describe, expect, test } from 'vitest';
import type { ClusterObject } from './cluster/objects.ts';
import { ALL } from './mutants/hold.ts';
import { type RunOptions, run } from './run.ts';
import { commandTarget } from './target/command.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'forkspacer-conformance-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What is not as it should be in a run; nothing when the module conforms. */
async function wrong(options: RunOptions): Promise<string[]> {
  const { outcomes } = await run(options);
  return outcomes
    .filter(({ status }) => status === 'failed' || status === 'blocked')
    .map(({ id, reason }) => `${id}: ${reason}`);
}

/** Whether a tool is there: a skipped test names what is missing. */
function has(tool: string, ...args: string[]): boolean {
  return spawnSync(tool, args).status === 0;
}

const SHOP: ClusterObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'default' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop' } },
      spec: { containers: [{ name: 'web', image: 'shop' }] },
    },
  },
};

const OURS: Record<string, Pick<RunOptions, 'config' | 'objects'>> = {
  hello: {},
  'scale-to-zero': { config: { deployment: 'shop' }, objects: [SHOP] },
};

describe.skipIf(!ALL)('the modules of this repository (with MUTANTS=all)', () => {
  const level = 'robust';
  for (const [name, given] of Object.entries(OURS)) {
    const main = join(root, 'modules', name, 'dist/main.cjs');
    const built = existsSync(main);
    const title = `${name} conforms (${built ? `${level}` : 'run pnpm build first'})`;
    test.skipIf(!built)(title, { timeout: 180_000 }, async () => {
      const { version } = JSON.parse(readFileSync(join(root, 'modules', name, 'package.json'), 'utf8'));
      const custom = readFileSync(join(root, 'catalog', name, version, 'custom.yaml'), 'utf8');
      const target = commandTarget([process.execPath, main]);
      expect(await wrong({ target, level, custom: unwrap(parseCustom(custom)), ...given })).toEqual([]);
    });
  }
});

describe.skipIf(!ALL)('modules in other languages conform (with MUTANTS=all)', () => {
  const python = has('python3', '--version');
  test.skipIf(!python)(
    `Python, with its standard library${python ? '' : ' (no python3 here)'}`,
    { timeout: 60_000 },
    async () => {
      const target = commandTarget(['python3', join(folder, 'languages/python/module.py')]);
      expect(await wrong({ target })).toEqual([]);
    },
  );

  const go = has('go', 'version');
  test.skipIf(!go)(
    `Go, with its standard library${go ? '' : ' (no go here)'}`,
    { timeout: 180_000 },
    async () => {
      const binary = join(scratch, 'note');
      const build = spawnSync('go', ['build', '-o', binary, '.'], {
        cwd: join(folder, 'languages/go'),
        env: { ...process.env, CGO_ENABLED: '0' },
        encoding: 'utf8',
      });
      expect(build.stderr).toBe('');
      expect(await wrong({ target: commandTarget([binary]) })).toEqual([]);
    },
  );

  const reference = process.env.REFERENCE_MODULE;
  const where = reference ? '' : ' (set REFERENCE_MODULE to its built binary)';
  test.skipIf(!reference)(
    `the Go reference module of the specification${where}`,
    { timeout: 60_000 },
    async () => {
      expect(await wrong({ target: commandTarget([reference!]) })).toEqual([]);
    },
  );
});

test('the bundle checks a module without this repository', { timeout: 60_000 }, () => {
  const dist = join(scratch, 'dist');
  const build = spawnSync(process.execPath, [join(folder, 'scripts/build.ts'), dist], { encoding: 'utf8' });
  expect(build.stderr).toBe('');
  const command = join(dist, 'forkspacer-conformance.mjs');
  const module = [process.execPath, join(folder, 'src/mutants/main.ts'), 'sleeps-with-202'];
  const config = join(scratch, 'config.json');
  writeFileSync(config, '{"name": "shop"}');
  const only = 'http/install-created,http/sleep-ok,crash/install';
  const args = [command, '--only', only, '-c', config, '-o', 'json', '--', ...module];
  const ran = spawnSync(process.execPath, args, { cwd: scratch, encoding: 'utf8', timeout: 30_000 });
  expect(ran.stderr).toBe('');
  expect(JSON.parse(ran.stdout).counts).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
  expect(ran.status).toBe(1);
});
