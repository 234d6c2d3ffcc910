/** What the real operator gets wrong (told in its observation), one test for each fault that is left out here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import { create, find, type KubeObject } from '@forkspacer/kube';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { startOf } from './runners/process-identity.ts';
import { movableClock } from './test/clock.ts';
import { createWorld, type World } from './test/world.ts';

// Many run at once, each with processes of its own, on machines that are busy with others.
vi.setConfig({ testTimeout: 60_000 });

describeOnClusters('faults of the real operator that this one does not have', (cluster) => {
  let world: World;
  /** Its operator does not repeat a failed call while the test looks. */
  let patient: World;
  beforeAll(async () => {
    world = await createWorld(cluster.kubeconfig);
    patient = await createWorld(cluster.kubeconfig, { patience: { calls: { min: 600_000, max: 600_000 } } });
    await Promise.all([world.start(), patient.start()]);
  });
  afterAll(() => Promise.all([world.close(), patient.close()]));

  const dataOf = (module: KubeObject) =>
    JSON.parse(module.metadata.annotations!['forkspacer.com/manager-data']!);

  test.concurrent('a failed install is not the end: it is retried, and its text is shown meanwhile', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', {
      install: [{ status: 400, body: 'no room\nin the inn' }, { status: 400, body: 'still none' }, {}],
    });
    await scene.workspace('home');
    await scene.module('shop');
    const failed = await scene.until('Module', 'shop', 'failed');
    expect(failed.status.message).toBe('install failed: no room in the inn');
    expect(failed.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Ready',
        status: 'False',
        reason: 'InstallFailed',
        message: failed.status.message,
      }),
    );
    await scene.until('Module', 'shop', 'ready');
    expect(scene.verbs('shop')).toEqual(['install', 'install', 'install']);
    expect((await scene.read('Module', 'shop')).status.message).toBe('');
    expect(await scene.events('shop', 'InstallFailed')).toContainEqual(
      expect.objectContaining({ type: 'Warning', reason: 'InstallFailed', message: 'no room in the inn' }),
    );
  });

  test.concurrent('a failed sleep or resume is retried at once, not after five minutes, and never for good', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { sleep: [{ status: 400, body: 'busy' }, {}], resume: [{ status: 500 }, {}] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    await scene.until('Module', 'shop', 'sleeped');
    await scene.patch('Module', 'shop', { spec: { hibernated: false } });
    await scene.until('Module', 'shop', 'ready');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep', 'sleep', 'resume', 'resume']);
  });

  test.concurrent('deleting a Module whose sleep fails comes to an end', async ({ expect }) => {
    const scene = patient.scene();
    scene.script('shop', { sleep: [{ status: 400, body: 'never' }] });
    await scene.workspace('home');
    await scene.module('shop', { hibernated: true });
    await scene.until('Module', 'shop', 'failed');
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep', 'uninstall']);
  });

  test.concurrent('a failed uninstall keeps the finalizer and says why, until it succeeds', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { uninstall: [{ status: 400, body: 'the volume is in use' }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    await scene.delete('Module', 'shop');
    const failed = await scene.until('Module', 'shop', 'failed');
    expect(failed.metadata.finalizers).toContain('delete');
    expect(failed.status.message).toContain('the volume is in use');
    expect(failed.status.message).toContain('forkspacer.com/abandon');
    scene.script('shop', {});
    await scene.untilGone('Module', 'shop');
  });

  test.concurrent('an annotation lets go of a Module whose uninstall fails, also while the call hangs', async () => {
    const scene = patient.scene();
    scene.script('shop', { uninstall: [{ status: 400, body: 'never' }] });
    scene.script('hung', { uninstall: [{ after: 60_000 }] });
    await scene.workspace('home');
    for (const name of ['shop', 'hung']) await scene.module(name);
    await scene.until('Module', 'shop', 'ready');
    await scene.until('Module', 'hung', 'ready');
    for (const name of ['shop', 'hung']) await scene.delete('Module', name);
    await scene.until('Module', 'shop', 'failed');
    await scene.untilCalled('hung', 'uninstall');
    for (const name of ['shop', 'hung']) {
      await scene.patch('Module', name, { metadata: { annotations: { 'forkspacer.com/abandon': 'true' } } });
      await scene.untilGone('Module', name);
    }
    await scene.events('shop', 'Abandoned');
  });

  test.concurrent('a runner is called once it is healthy, not after a fixed time', async ({ expect }) => {
    const scene = world.scene();
    scene.script('shop', { health: [...Array(10).fill({ status: 503 }), {}] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    expect(scene.verbs('shop')).toEqual(['install']);
    expect(scene.healthChecks('shop')).toBeGreaterThanOrEqual(11);
  });

  test.concurrent('a runner that died while idle is replaced', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    const [first] = scene.called('shop');
    process.kill(first!.pid, 'SIGKILL');
    await sleep(500);
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    await scene.until('Module', 'shop', 'sleeped');
    const slept = scene.called('shop').find(({ verb }) => verb === 'sleep')!;
    expect(slept.pid).not.toBe(first!.pid);
    expect(slept.instance).toBe(first!.instance);
  });

  test.concurrent('a runner that dies in a call is replaced and the call repeated', async ({ expect }) => {
    const scene = world.scene();
    scene.script('shop', { install: [{ die: true }, { drop: true }, { body: { third: true } }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    const pids = scene.called('shop').map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(3);
    expect((await Promise.all(pids.map(startOf))).map(Boolean)).toEqual([false, false, true]);
  });

  test.concurrent('deleting a Module whose runner died still calls uninstall', async ({ expect }) => {
    const scene = world.scene();
    scene.script('shop', { install: [{ body: { made: 'things' } }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    process.kill(scene.called('shop')[0]!.pid, 'SIGKILL');
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(scene.called('shop').at(-1)).toMatchObject({ verb: 'uninstall', body: '{"made":"things"}' });
  });

  test.concurrent('waking a Workspace wakes its Modules, and those that sleep by themselves stay so', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.module('asleep', { hibernated: true });
    await scene.until('Module', 'shop', 'ready');
    await scene.until('Module', 'asleep', 'sleeped');
    await scene.patch('Workspace', 'home', { spec: { hibernated: true } });
    const hibernated = await scene.until('Workspace', 'home', 'hibernated');
    expect(hibernated.status).toMatchObject({ ready: false, hibernatedAt: expect.any(String) });
    expect((await scene.read('Module', 'shop')).status.phase).toBe('sleeped');
    await scene.patch('Workspace', 'home', { spec: { hibernated: false } });
    const awake = await scene.until('Workspace', 'home', 'ready');
    expect(awake.status).toMatchObject({ ready: true });
    expect(awake.status.hibernatedAt).toBeUndefined();
    expect((await scene.read('Module', 'shop')).status.phase).toBe('ready');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep', 'resume']);
    expect(scene.verbs('asleep')).toEqual(['install', 'sleep']);
  });

  test.concurrent('a Module waits for its Workspace: until it is there, reachable, and awake', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.module('shop');
    const waiting = await scene.until('Module', 'shop', 'installing');
    expect(waiting.status.message).toBe(
      `waits for Workspace ${scene.namespace}/${scene.name('home')}: there is none`,
    );
    await scene.workspace('home', {
      hibernated: true,
      connection: { type: 'kubeconfig', secretReference: { name: 'later', namespace: scene.namespace } },
    });
    await scene.until('Module', 'shop', ({ status }) => status.message?.includes('Secret'));
    await create(scene.kube, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'later', namespace: scene.namespace },
      data: { kubeconfig: Buffer.from(cluster.kubeconfig).toString('base64') },
    });
    await scene.until('Workspace', 'home', 'hibernated');
    await scene.until('Module', 'shop', ({ status }) => status.message?.includes('to wake'));
    expect(scene.verbs('shop')).toEqual([]);
    await scene.patch('Workspace', 'home', { spec: { hibernated: false } });
    await scene.until('Module', 'shop', 'ready');
  });

  test.concurrent('a call of more than five minutes is no failure', async ({ expect, onTestFinished }) => {
    const clock = movableClock();
    const world = await createWorld(cluster.kubeconfig, { clock });
    onTestFinished(() => world.close());
    const scene = world.scene();
    scene.script('shop', { install: [{ after: 800 }] });
    await world.start();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.untilCalled('shop', 'install');
    clock.advance(6 * 60_000);
    await scene.until('Module', 'shop', 'ready');
    expect(scene.verbs('shop')).toEqual(['install']);
    expect(scene.calls('shop')[0]!.ms).toBeGreaterThan(6 * 60_000);
  });

  test.concurrent('hung runners do not freeze the operator', async () => {
    const scene = world.scene();
    for (let i = 0; i < 11; i++) scene.script(`hung-${i}`, { install: [{ after: 60_000 }] });
    await scene.workspace('home');
    await Promise.all(Array.from({ length: 11 }, (_, i) => scene.module(`hung-${i}`)));
    for (let i = 0; i < 11; i++) await scene.untilCalled(`hung-${i}`, 'install');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
  });

  test.concurrent('metadata that is too large is an error in words, and the metadata from before is kept', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', {
      install: [{ body: { small: true } }],
      sleep: [{ body: { large: 'x'.repeat(262_000) } }, { body: { fits: true } }],
    });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    const failed = await scene.until('Module', 'shop', 'failed');
    expect(failed.status.message).toMatch(
      /sleep succeeded, but the metadata it returned is too large.*262144 bytes/,
    );
    expect(dataOf(failed).innerMetaData).toEqual({ small: true });
    expect(dataOf(await scene.until('Module', 'shop', 'sleeped')).innerMetaData).toEqual({ fits: true });
  });

  test.concurrent('two runners never share a Service: Modules made in the same second have names of their own', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    const names = ['a', 'b', 'c'];
    const modules = await Promise.all(names.map((name) => scene.module(name)));
    const all = await Promise.all(
      names.map(async (name) => dataOf(await scene.until('Module', name, 'ready'))),
    );
    for (const field of ['runnerPodName', 'runnerPodUniqueLabel', 'runnerServiceName']) {
      expect(new Set(all.map((data) => data[field])).size).toBe(3);
    }
    expect(names.map((name) => scene.called(name)[0]!.instance)).toEqual(
      modules.map(({ metadata }) => metadata.uid),
    );
  });

  test.concurrent('two calls never run at once for one Module, whatever is asked of it meanwhile', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { install: [{ after: 300 }], sleep: [{ after: 200 }], resume: [{ after: 200 }] });
    await scene.workspace('home');
    await scene.module('shop');
    for (let i = 0; i < 8; i++) {
      await sleep(100);
      await scene.patch('Module', 'shop', { spec: { hibernated: i % 2 === 0 } });
    }
    await scene.until('Module', 'shop', ({ status }) => status.phase === 'ready');
    await sleep(300);
    await scene.until('Module', 'shop', 'ready');
    const order = scene.history('shop').map(({ answered }) => (answered ? 'end' : 'begin'));
    expect(order).toEqual(order.map((_, i) => (i % 2 === 0 ? 'begin' : 'end')));
  });

  test.concurrent('deletion during an install waits for its end, and uninstalls with what it returned', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { install: [{ after: 600, body: { made: 'things' } }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.untilCalled('shop', 'install');
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(
      scene.history('shop').map(({ verb, answered }) => `${verb} ${answered ? 'ended' : 'began'}`),
    ).toEqual(['install began', 'install ended', 'uninstall began', 'uninstall ended']);
    expect(scene.called('shop')[1]!.body).toBe('{"made":"things"}');
  });

  test.concurrent('deletion during an install that hangs ends its runner, and uninstalls by a new one', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { install: [{ after: 60_000 }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.untilCalled('shop', 'install');
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    const [install, uninstall] = scene.called('shop');
    expect(uninstall).toMatchObject({ verb: 'uninstall', body: '{}' });
    expect(uninstall!.pid).not.toBe(install!.pid);
    expect(await startOf(install!.pid)).toBeUndefined();
  });

  test.concurrent('deletion while a runner does not come up does not wait for it', async ({ expect }) => {
    const scene = world.scene();
    scene.script('shop', { health: [{ status: 503 }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.untilLogged('the scripted runner starts');
    const began = Date.now();
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(scene.verbs('shop')).toEqual([]);
  });

  test.concurrent('a Module whose install failed is uninstalled with what is known', async ({ expect }) => {
    const scene = patient.scene();
    scene.script('shop', { install: [{ status: 400, body: 'half made' }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'failed');
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(scene.called('shop').map(({ verb, body }) => `${verb} ${body}`)).toEqual([
      'install {}',
      'uninstall {}',
    ]);
  });

  test.concurrent('a Module whose code was never called is deleted without a call', async ({ expect }) => {
    const scene = world.scene();
    await scene.module('shop');
    await scene.until('Module', 'shop', 'installing');
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(scene.verbs('shop')).toEqual([]);
  });

  test.concurrent('a Module that the real operator installed goes on, with its metadata, and its runner is replaced', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWorld(cluster.kubeconfig);
    onTestFinished(() => world.close());
    const scene = world.scene();
    const label = 'custom-manager-runner-1';
    const runner = {
      name: 'runner-of-before',
      namespace: scene.namespace,
      labels: { 'forkspacer.com': label },
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: runner,
      spec: { containers: [{ name: 'r', image: 'r' }] },
    };
    await vi.waitFor(() => create(scene.kube, pod), 10_000); // until the new namespace has its service account
    await create(scene.kube, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: runner,
      spec: { selector: { 'forkspacer.com': label }, ports: [{ port: 80 }] },
    });
    await scene.workspace('home');
    const data = {
      runnerPodName: runner.name,
      runnerPodUniqueLabel: label,
      runnerServiceName: runner.name,
      innerMetaData: { replicas: 3 },
    };
    await scene.module(
      'shop',
      {},
      {
        metadata: {
          finalizers: ['delete'],
          annotations: { 'forkspacer.com/manager-data': JSON.stringify(data) },
        },
      },
    );
    await scene.patch('Module', 'shop', { status: { phase: 'ready' } }, 'status');
    await world.start();
    await scene.until(
      'Module',
      'shop',
      ({ metadata }) => !metadata.annotations!['forkspacer.com/manager-data']!.includes('runner-of-before'),
    );
    expect(scene.verbs('shop')).toEqual([]);
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    const asleep = await scene.until('Module', 'shop', 'sleeped');
    expect(scene.called('shop')[0]).toMatchObject({ verb: 'sleep', body: '{"replicas":3}' });
    expect(dataOf(asleep).innerMetaData).toEqual({ replicas: 3 });
    const { name, namespace } = runner;
    expect(await find(scene.kube, { apiVersion: 'v1', kind: 'Service', name, namespace })).toBeUndefined();
    const left = await find(scene.kube, { apiVersion: 'v1', kind: 'Pod', name, namespace });
    expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });

  test.concurrent('manager data that cannot be read stops the Module in words, and is not written over', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    const annotations = { 'forkspacer.com/manager-data': '{"innerMetaData":' };
    await scene.module('shop', {}, { metadata: { annotations } });
    const failed = await scene.until('Module', 'shop', 'failed');
    expect(failed.status.message).toContain('forkspacer.com/manager-data');
    expect(scene.verbs('shop')).toEqual([]);
    await scene.patch('Module', 'shop', {
      metadata: { annotations: { 'forkspacer.com/manager-data': null } },
    });
    await scene.until('Module', 'shop', 'ready');
  });

  test.concurrent('an operator that was killed leaves runners that the next one ends before it calls', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWorld(cluster.kubeconfig);
    onTestFinished(() => world.close());
    const scene = world.scene();
    const kill = await world.startProcess();
    scene.script('shop', { sleep: [{ after: 60_000 }, {}] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    const before = scene.called('shop')[0]!.pid;
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    await scene.untilCalled('shop', 'sleep');
    await kill();
    expect(await startOf(before)).toBeDefined();
    await world.start();
    await scene.untilCalled('shop', 'sleep', 2);
    expect(await startOf(before)).toBeUndefined();
    await scene.until('Module', 'shop', 'sleeped');
  });
});
