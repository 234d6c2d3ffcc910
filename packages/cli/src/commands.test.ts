import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import { apply, connect, type Kube, read, waitFor } from '@forkspacer/kube';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { application } from './demo/application.ts';

const main = join(import.meta.dirname, 'main.ts');
const scratch = mkdtempSync(join(tmpdir(), 'forkspacer-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Not spawnSync: the embedded cluster lives in this process, and has to answer meanwhile. */
async function cli(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), 100_000);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  clearTimeout(timer);
  return { status, stdout, stderr };
}

describe('the command line', () => {
  test('tells every command in its help', async () => {
    const { status, stdout } = await cli('--help');
    expect(status).toBe(0);
    for (const command of ['demo', 'dev', 'sleep', 'wake', 'catalog'])
      expect(stdout).toContain(`  ${command} `);
  });

  test.each([
    [['slep'], /unknown command 'slep'[\s\S]*Did you mean sleep/],
    [['sleep'], /required option '-n, --namespace/],
    [['sleep', '-n', 'a', '--kubeconfig', '/nowhere'], /expected a kubeconfig file at \/nowhere/],
    [['sleep', '-n', 'a', '--timeout', 'soon'], /expected a duration such as 90s/],
    [['wake', '-n', 'a', '-o', 'toml'], /Allowed choices are table, json, yaml/],
    [['dev'], /expected --kubeconfig FILE/],
    [['demo', '--cluster', '/nowhere'], /expected a kubeconfig file at \/nowhere \(--cluster\), found none/],
  ])('says what is wrong with %j', async (args, expected) => {
    const { status, stderr } = await cli(...args);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
  });
});

describeOnClusters('demo', (cluster) => {
  test('tells its whole story and leaves nothing', async () => {
    const file = join(scratch, `demo-${cluster.name}`);
    const real = cluster.name === 'real' ? ['--cluster', kubeconfigFile(cluster.kubeconfig, file)] : [];
    const { status, stdout, stderr } = await cli('demo', '-o', 'json', ...real);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { ok, seen, calls } = JSON.parse(stdout);
    expect(ok).toBe(true);
    const day = { web: '3', database: '2', report: 'active' };
    const night = { web: '0', database: '0', report: 'suspended' };
    expect(seen).toEqual([
      { when: 'before', state: day },
      { when: 'installed', state: day },
      { when: 'asleep', state: night },
      { when: 'awake', state: day },
      { when: 'left', state: day },
    ]);
    expect(calls.map(({ verb, status }: { verb: string; status: number }) => `${verb} ${status}`)).toEqual([
      'install 201',
      'sleep 200',
      'resume 200',
      'uninstall 204',
    ]);
  }, 120_000);
});

describeOnClusters('sleep and wake by hand', (cluster) => {
  let kube: Kube;
  let namespace: string;
  let file: string;
  beforeAll(async () => {
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'test' });
    namespace = await cluster.namespace('by-hand');
    file = kubeconfigFile(cluster.kubeconfig, join(scratch, `by-hand-${cluster.name}`));
    for (const object of application(namespace)) await apply(kube, object);
  });
  afterAll(() => kube.close());

  const counts = async () => {
    const of = { apiVersion: 'apps/v1', namespace };
    const web = await read(kube, { ...of, kind: 'Deployment', name: 'web' });
    const database = await read(kube, { ...of, kind: 'StatefulSet', name: 'database' });
    return [web.spec.replicas, database.spec.replicas];
  };

  test('park what is selected, give it back, and say so', async () => {
    const only = await cli(
      'sleep',
      '-n',
      namespace,
      '--selector',
      'app.kubernetes.io/name=web',
      '--kubeconfig',
      file,
    );
    expect(only).toMatchObject({ status: 0, stderr: '' });
    expect(only.stdout).toMatch(/Deployment\/web\s+parked\s+3 -> 0/);
    expect(await counts()).toEqual([0, 2]);

    const all = await cli('sleep', '--namespace', namespace, '--kubeconfig', file, '-o', 'json');
    expect(all).toMatchObject({ status: 0 });
    expect(JSON.parse(all.stdout).items).toHaveLength(3);
    expect(await counts()).toEqual([0, 0]);

    const back = await cli('wake', '-n', namespace, '--kubeconfig', file);
    expect(back).toMatchObject({ status: 0, stderr: '' });
    expect(back.stdout).toMatch(/StatefulSet\/database\s+restored\s+0 -> 2/);
    expect(await counts()).toEqual([3, 2]);
  }, 60_000);

  test('plan tells of each object and field, and of what is saved, and touches nothing', async () => {
    const { status, stdout } = await cli('plan', '-n', namespace, '--kubeconfig', file);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Deployment\/web\s+parked\s+3 -> 0/);
    expect(stdout).toContain('Deployment/web\n- /spec/replicas: 3\n+ /spec/replicas: 0');
    expect(stdout).toContain('CronJob/report\n- /spec/suspend: false\n+ /spec/suspend: true');
    expect(stdout).toContain('Asleep, nobody asks for 0.5 CPU and 0.63 GiB of memory.');
    expect(await counts()).toEqual([3, 2]);
    const dry = await cli('sleep', '--dry-run', '-n', namespace, '--kubeconfig', file);
    expect(dry.stdout).toBe(stdout);
  });

  test('say when nothing is selected', async () => {
    const { status, stdout } = await cli('sleep', '-n', namespace, '-l', 'app=none', '--kubeconfig', file);
    expect({ status, stdout: stdout.trim() }).toEqual({
      status: 0,
      stdout: 'nothing to do: nothing that can sleep is selected',
    });
  });
});

describe('dev', () => {
  let child: ChildProcess;
  let file: string;
  let output = '';
  beforeAll(async () => {
    file = join(scratch, 'dev.kubeconfig');
    child = spawn(process.execPath, [main, 'dev', '--kubeconfig', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (data) => {
        output += data;
        if (output.includes('\n')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`dev exited with ${code}`)));
    });
  });
  afterAll(() => child.kill('SIGKILL'));

  test('prints one line that starts with ready, and a kubeconfig that only its owner reads', () => {
    expect(output).toMatch(/^ready: [^\n]*\n$/);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('runs a Module to ready, by its image', async () => {
    const kube = connect({ kubeconfig: { file }, fieldManager: 'test' });
    const apiVersion = 'batch.forkspacer.com/v1';
    await apply(kube, {
      apiVersion,
      kind: 'Workspace',
      metadata: { name: 'dev', namespace: 'default' },
      spec: {},
    });
    await apply(kube, {
      apiVersion,
      kind: 'Module',
      metadata: { name: 'hello', namespace: 'default' },
      spec: {
        workspace: { name: 'dev' },
        custom: { image: 'ghcr.io/forkspacer/modules/hello:0.1.0', permissions: ['workspace'] },
        config: { greeting: 'Good morning' },
      },
    });
    await waitFor(
      kube,
      { apiVersion, kind: 'Module', name: 'hello', namespace: 'default' },
      (module) => module?.status?.phase === 'ready',
      { describe: 'phase ready', timeLimit: 30_000 },
    );
    const made = await read(kube, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'hello',
      namespace: 'default',
    });
    expect(made.data.greeting).toBe('Good morning');
    kube.close();
  }, 60_000);

  test('stops on SIGTERM with exit code 0 and takes its kubeconfig along', async () => {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});

function kubeconfigFile(text: string, file: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
