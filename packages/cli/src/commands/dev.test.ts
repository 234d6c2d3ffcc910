import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startCluster } from '@forkspacer/embedded-cluster';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';

const main = join(import.meta.dirname, '..', 'main.ts');
const scratch = mkdtempSync(join(tmpdir(), 'forkspacer-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function dev(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, 'dev', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
  return child;
}

async function refused(...args: string[]): Promise<{ code: number; stderr: string }> {
  const child = dev(...args);
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
  return { code, stderr };
}

test.concurrent('a kubeconfig that dev did not write is neither written over nor taken away', async () => {
  const file = join(scratch, 'mine');
  const mine = 'apiVersion: v1\nkind: Config\nclusters: [{name: prod, cluster: {server: https://prod}}]\n';
  writeFileSync(file, mine);
  const { code, stderr } = await refused('--kubeconfig', file);
  expect(stderr).toBe(
    `forkspacer-modules: --kubeconfig ${file}: expected a new file, or one that an earlier dev left, found another; name a file for dev to write\n`,
  );
  expect(code).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe(mine);
});

test.concurrent('a kubeconfig that cannot be written ends it in one line', async () => {
  const file = join(scratch, 'no-such-folder', 'kubeconfig');
  const { code, stderr } = await refused('--kubeconfig', file);
  expect(stderr).toBe(
    `forkspacer-modules: --kubeconfig ${file}: expected a file that can be written, found ENOENT\n`,
  );
  expect(code).toBe(1);
});

test.concurrent('a kubeconfig that a killed dev left is written anew, for its owner only', async () => {
  const file = join(scratch, 'left');
  const gone = await startCluster();
  await gone.stop();
  writeFileSync(file, gone.kubeconfig, { mode: 0o644 });
  const child = dev('--kubeconfig', file);
  await once(child.stdout!, 'data');
  expect(readFileSync(file, 'utf8')).not.toBe(gone.kubeconfig);
  expect(statSync(file).mode & 0o077).toBe(0);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(file)).toBe(false);
});

test.concurrent('a real cluster is named in the ready line, and its kubeconfig may hold paths beside it', async () => {
  const cluster = await startCluster();
  const config = parse(cluster.kubeconfig);
  const [{ cluster: entry }] = config.clusters;
  const folder = join(scratch, 'real');
  mkdirSync(folder);
  writeFileSync(join(folder, 'ca.crt'), Buffer.from(entry['certificate-authority-data'], 'base64'));
  delete entry['certificate-authority-data'];
  entry['certificate-authority'] = 'ca.crt';
  const real = join(folder, 'kubeconfig');
  writeFileSync(real, stringify(config));

  const unused = join(scratch, 'unused');
  const child = dev('--cluster', real, '--kubeconfig', unused);
  const errors = text(child.stderr!);
  const said = await Promise.race([once(child.stdout!, 'data').then(String), errors]);
  child.kill('SIGTERM');
  expect(said).toBe(`ready: kubectl --kubeconfig ${real} get workspaces,modules -A\n`);
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(real)).toBe(true);
  await cluster.stop();
});
