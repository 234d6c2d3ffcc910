import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import type { KubeObject } from '@forkspacer/kube';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { createWorld, type World } from './test/world.ts';

// Many run at once, each with processes of its own, on machines that are busy with others.
vi.setConfig({ testTimeout: 60_000 });

describeOnClusters('the life of a Module', (cluster) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(cluster.kubeconfig);
    await world.start();
  });
  afterAll(() => world.close());

  const dataOf = (module: KubeObject) =>
    JSON.parse(module.metadata.annotations!['forkspacer.com/manager-data']!);

  test.concurrent('installs, sleeps, wakes and leaves, each phase with its call and its metadata', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', {
      install: [{ body: { step: 1 } }],
      sleep: [{ body: { step: 2 } }],
      resume: [{ body: '' }],
    });
    await scene.workspace('home');
    const made = await scene.module('shop', {
      custom: { image: scene.image('shop'), permissions: ['workspace'] },
      config: { a: 1 },
    });
    const ready = await scene.until('Module', 'shop', 'ready');
    expect(ready.metadata.finalizers).toEqual(['delete']);
    expect(ready.status).toMatchObject({ source: 'custom', lastActivity: expect.any(String) });
    expect(ready.status.conditions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'Ready', status: 'True', observedGeneration: 1 }),
        expect.objectContaining({ type: 'Installed', status: 'True' }),
      ]),
    );
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    const asleep = await scene.until('Module', 'shop', 'sleeped');
    expect(dataOf(asleep).innerMetaData).toEqual({ step: 2 });
    await scene.patch('Module', 'shop', { spec: { hibernated: false } });
    expect(dataOf(await scene.until('Module', 'shop', 'ready'))).toMatchObject({
      runnerPodName: expect.stringContaining(made.metadata.uid!),
      runnerPodUniqueLabel: expect.stringContaining(made.metadata.uid!),
      runnerServiceName: expect.stringContaining(made.metadata.uid!),
      innerMetaData: { step: 2 },
    });
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');

    const calls = scene.called('shop');
    expect(calls.map(({ verb, body }) => `${verb} ${body}`)).toEqual([
      'install {}',
      'sleep {"step":1}',
      'resume {"step":2}',
      'uninstall {"step":2}',
    ]);
    expect(calls[0]).toMatchObject({
      instance: made.metadata.uid,
      config: { a: 1 },
      kubeconfig: true,
      controller: false,
    });
    expect(scene.phases('Module', 'shop')).toEqual([
      'installing',
      'ready',
      'sleeping',
      'sleeped',
      'resuming',
      'ready',
      'uninstalling',
    ]);
    expect(scene.calls('shop').map(({ verb, status }) => `${verb} ${status}`)).toEqual([
      'install 201',
      'sleep 200',
      'resume 200',
      'uninstall 204',
    ]);
    const reasons = (await scene.events('shop', 'Uninstalled')).map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(['Installed', 'Sleeped', 'Resumed', 'Uninstalled']));
  });

  test.concurrent('a hibernated Module is installed first, then put to sleep', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', { hibernated: true });
    await scene.until('Module', 'shop', 'sleeped');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep']);
  });

  test.concurrent('a changed config is installed again, with the metadata from before, by a runner that has it', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { install: [{ body: { step: 1 } }, { body: { step: 2 } }] });
    await scene.workspace('home');
    await scene.module('shop', { config: { replicas: 1 } });
    await scene.until('Module', 'shop', 'ready');
    await scene.patch('Module', 'shop', { spec: { config: { replicas: 2 } } });
    await scene.until('Module', 'shop', ({ metadata, status }) => {
      const data = JSON.parse(metadata.annotations!['forkspacer.com/manager-data']!);
      return status.phase === 'ready' && data.innerMetaData.step === 2;
    });
    const calls = scene.called('shop');
    expect(calls.map(({ verb, body, config }) => ({ verb, body, config }))).toEqual([
      { verb: 'install', body: '{}', config: { replicas: 1 } },
      { verb: 'install', body: '{"step":1}', config: { replicas: 2 } },
    ]);
  });

  test.concurrent('a config that changes while the Module sleeps waits until it is awake', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', { hibernated: true, config: { replicas: 1 } });
    await scene.until('Module', 'shop', 'sleeped');
    await scene.patch('Module', 'shop', { spec: { config: { replicas: 2 } } });
    await sleep(300);
    await scene.patch('Module', 'shop', { spec: { hibernated: false } });
    await scene.untilCalled('shop', 'install', 2);
    await scene.until('Module', 'shop', 'ready');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep', 'resume', 'install']);
  });

  test.concurrent('what a change does not install sleeps, wakes and leaves with the config it was installed with, also under the next operator', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWorld(cluster.kubeconfig);
    onTestFinished(() => world.close());
    const scene = world.scene();
    scene.script('shop', { install: [{}, { status: 400, body: 'that is another instance' }] });
    const first = await world.start();
    await scene.workspace('home');
    await scene.module('shop', { config: { name: 'a' } });
    await scene.until('Module', 'shop', 'ready');
    await scene.patch('Module', 'shop', { spec: { config: { name: 'b' } } });
    await scene.until('Module', 'shop', 'failed');
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    await scene.until('Module', 'shop', 'sleeped');
    await first.stop();
    // Neither is the image of the change there.
    await scene.patch('Module', 'shop', { spec: { custom: { image: 'nowhere/shop:2' } } });
    await world.start();
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    const config = (verb: string) =>
      scene
        .called('shop')
        .filter((call) => call.verb === verb)
        .map((call) => call.config);
    expect(config('install').slice(0, 2)).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(config('sleep')).toEqual([{ name: 'a' }]);
    expect(config('uninstall')).toEqual([{ name: 'a' }]);
  });

  test.concurrent('what was installed and cannot run any more goes on with what the spec says now', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    const gone = { image: 'nowhere/shop:1', imagePullSecrets: [], permissions: [], config: {} };
    const annotations = { 'forkspacer.com/installed-definition': JSON.stringify(gone) };
    const image = scene.image('shop').replace(':1.0.0', ':1.0.1');
    await scene.patch('Module', 'shop', {
      metadata: { annotations },
      spec: { hibernated: true, custom: { image } },
    });
    await scene.until('Module', 'shop', 'sleeped');
    expect(scene.verbs('shop')).toContain('sleep');
  });

  test.concurrent('nothing is written and nobody is called when nothing changes', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    await sleep(300);
    const versions = async () => [
      (await scene.read('Module', 'shop')).metadata.resourceVersion,
      (await scene.read('Workspace', 'home')).metadata.resourceVersion,
    ];
    const before = await versions();
    await sleep(800);
    expect(await versions()).toEqual(before);
    expect(scene.verbs('shop')).toEqual(['install']);
  });

  test.concurrent('a change that is none of its business calls nobody', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    await scene.patch('Module', 'shop', { metadata: { labels: { team: 'a' } } });
    await scene.patch('Workspace', 'home', { metadata: { labels: { team: 'a' } } });
    await sleep(300);
    expect(scene.verbs('shop')).toEqual(['install']);
  });

  test.concurrent('after a restart what is settled stays as it is, and what was interrupted is repeated', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWorld(cluster.kubeconfig);
    onTestFinished(() => world.close());
    const scene = world.scene();
    scene.script('slow', { install: [{ after: 60_000 }, { body: { second: true } }] });
    const first = await world.start({ patience: { callAtStop: 100 } });
    await scene.workspace('home');
    await scene.module('shop', { hibernated: true });
    await scene.module('slow');
    await scene.until('Module', 'shop', 'sleeped');
    await scene.untilCalled('slow', 'install');
    await first.stop();
    expect(await scene.read('Module', 'slow')).toMatchObject({ status: { phase: 'installing' } });
    await world.start();
    await scene.until('Module', 'slow', 'ready');
    expect(scene.verbs('slow')).toEqual(['install', 'install']);
    await scene.patch('Module', 'shop', { spec: { hibernated: false } });
    await scene.until('Module', 'shop', 'ready');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep', 'resume']);
  });

  test.concurrent("permission controller hands out the operator's own kubeconfig", async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', { custom: { image: scene.image('shop'), permissions: ['controller'] } });
    await scene.until('Module', 'shop', 'ready');
    expect(scene.called('shop')[0]).toMatchObject({ kubeconfig: false, controller: true });
  });

  test.concurrent('the folder of a runner is for its owner only, and goes with the runner', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', { config: { password: 'geheim' } });
    await scene.until('Module', 'shop', 'ready');
    const { directory } = scene.called('shop')[0]!;
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'config.json')).mode & 0o777).toBe(0o600);
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(existsSync(directory)).toBe(false);
  });

  test.concurrent('what a runner writes goes to the log, with the Module it belongs to', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    expect(scene.logs()).toContain(
      `runner output ${JSON.stringify({ runner: `${scene.namespace}/${scene.name('shop')}`, line: 'the scripted runner starts' })}`,
    );
  });
});
