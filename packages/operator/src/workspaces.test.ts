import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import { create, patch } from '@forkspacer/kube';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { movableClock } from './test/clock.ts';
import { createWorld, type World } from './test/world.ts';

// Many run at once, each with processes of its own, on machines that are busy with others.
vi.setConfig({ testTimeout: 60_000 });

describeOnClusters('Workspaces', (cluster) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(cluster.kubeconfig);
    await world.start();
  });
  afterAll(() => world.close());

  const secret = (name: string, text: string, key = 'kubeconfig') =>
    create(world.kube, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: world.namespace },
      data: { [key]: Buffer.from(text).toString('base64') },
    });
  const connection = (name: string, key?: string) => ({
    connection: {
      type: 'kubeconfig',
      secretReference: { name, namespace: world.namespace, ...(key ? { key } : {}) },
    },
  });

  test.concurrent('becomes ready when its cluster answers, in this cluster and by a Secret', async ({
    expect,
  }) => {
    const scene = world.scene();
    await secret('works', cluster.kubeconfig, 'config');
    await scene.workspace('here');
    await scene.workspace('local', { connection: { type: 'local' } });
    await scene.workspace('there', connection('works', 'config'));
    for (const name of ['here', 'local', 'there']) {
      const { metadata, status } = await scene.until('Workspace', name, 'ready');
      expect(status).toMatchObject({ ready: true, message: '', lastActivity: expect.any(String) });
      expect(status.conditions).toContainEqual(
        expect.objectContaining({
          type: 'Ready',
          status: 'True',
          reason: 'Connected',
          observedGeneration: 1,
        }),
      );
      expect(metadata.finalizers).toContain('delete');
    }
  });

  test.concurrent('a Secret that is missing, holds nothing, or no kubeconfig, is told and heals', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home', connection('heals'));
    await scene.until(
      'Workspace',
      'home',
      ({ status }) => status?.phase === 'failed' && status.message.includes('found nothing'),
    );
    await secret('heals', 'other', 'other');
    await scene.until('Workspace', 'home', ({ status }) =>
      status.message.includes('under the key kubeconfig'),
    );
    const ref = { apiVersion: 'v1', kind: 'Secret', name: 'heals', namespace: world.namespace };
    const hold = (text: string) =>
      patch(
        world.kube,
        ref,
        { data: { kubeconfig: Buffer.from(text).toString('base64') } },
        { type: 'merge' },
      );
    await hold('no: kubeconfig');
    await scene.until('Workspace', 'home', ({ status }) =>
      status.message.includes("the workspace's cluster"),
    );
    await hold(cluster.kubeconfig.replace(/(server: https:\/\/[^:]+):\d+/, '$1:1'));
    await scene.until('Workspace', 'home', ({ status }) => /refused/i.test(status.message));
    await hold(cluster.kubeconfig);
    expect(await scene.until('Workspace', 'home', 'ready')).toMatchObject({ status: { message: '' } });
  });

  test.concurrent("a kubeconfig that points at files or commands is refused: they would be the operator's", async ({
    expect,
  }) => {
    const server = 'https://elsewhere.example.com';
    const pointers: [string, object, object][] = [
      ['tokenFile', { server }, { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' }],
      ['client-key', { server }, { 'client-key': '/etc/key' }],
      ['certificate-authority', { server, 'certificate-authority': '/etc/ca' }, {}],
      ['exec', { server }, { exec: { command: 'id' } }],
    ];
    const scene = world.scene();
    for (const [pointer, cluster, user] of pointers) {
      const name = pointer.toLowerCase();
      const config = {
        'current-context': 'a',
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        clusters: [{ name: 'a', cluster }],
        users: [{ name: 'a', user }],
      };
      await secret(name, JSON.stringify(config));
      await scene.workspace(name, connection(name));
      const { status } = await scene.until('Workspace', name, 'failed');
      expect(status.message).toContain(`found ${pointer}`);
    }
  });

  test.concurrent('a managed one says that no cluster is made', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home', { type: 'managed', managedCluster: {} });
    const { status } = await scene.until('Workspace', 'home', 'failed');
    expect(status.message).toContain('this operator makes no clusters');
  });

  test.concurrent('deleting it uninstalls its Modules, and waits for the one that cannot be', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('stuck', { uninstall: [{ status: 400, body: 'in use' }] });
    await scene.workspace('home');
    for (const name of ['shop', 'stuck'])
      await scene.module(name, { custom: { image: scene.image(name), permissions: ['workspace'] } });
    for (const name of ['shop', 'stuck']) await scene.until('Module', name, 'ready');
    await scene.delete('Workspace', 'home');
    await scene.untilGone('Module', 'shop');
    const waiting = await scene.until('Workspace', 'home', ({ status }) =>
      /waits for 1 Module .*in use/.test(status.message),
    );
    expect(waiting.status).toMatchObject({ phase: 'terminating', ready: false });
    scene.script('stuck', {});
    await scene.untilGone('Workspace', 'home');
    expect(scene.verbs('shop')).toEqual(['install', 'uninstall']);
    expect(scene.called('stuck').at(-1)).toMatchObject({ verb: 'uninstall', kubeconfig: true });
  });

  test.concurrent('hibernation waits for a Module that does not sleep, and says which', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { sleep: [{ status: 400, body: 'too busy to sleep' }] });
    await scene.workspace('home');
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    await scene.patch('Workspace', 'home', { spec: { hibernated: true } });
    const waiting = await scene.until('Workspace', 'home', ({ status }) =>
      status.message.includes('too busy'),
    );
    expect(waiting.status).toMatchObject({ phase: 'ready', ready: false });
    scene.script('shop', {});
    await scene.until('Workspace', 'home', 'hibernated');
  });

  test.concurrent('follows its schedules, to sleep and to wake', async ({ expect, onTestFinished }) => {
    const clock = movableClock();
    const world = await createWorld(cluster.kubeconfig, { clock });
    onTestFinished(() => world.close());
    await world.start();
    const scene = world.scene();
    await scene.workspace('home', {
      autoHibernation: { enabled: true, schedule: '0 22 * * *', wakeSchedule: '0 0 6 * * *' },
    });
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    const { status } = await scene.until(
      'Workspace',
      'home',
      ({ metadata }) => metadata.annotations?.['forkspacer.com/schedule-state'],
    );
    expect(
      status.conditions?.find(({ type }: { type: string }) => type === 'AutoHibernation')?.message ??
        'hibernates at',
    ).toContain('hibernates at');
    const hour = 3_600_000;
    const until = (target: number) => (target * hour - (clock.now() % (24 * hour)) + 24 * hour) % (24 * hour);
    const first = until(22) < until(6) ? 'sleep' : 'wake';
    if (first === 'wake') {
      clock.advance(until(6) + 1000);
      await sleep(300);
    }
    clock.advance(until(22) + 1000);
    await scene.until('Workspace', 'home', 'hibernated');
    expect((await scene.read('Workspace', 'home')).spec.hibernated).toBe(true);
    clock.advance(until(6) + 1000);
    await scene.until('Workspace', 'home', 'ready');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep', 'resume']);
    await scene.events('home', 'Waking');
  });

  test.concurrent('a schedule that cannot be read is told, and the rest works', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home', { autoHibernation: { enabled: true, schedule: '99 * * * *' } });
    const { status } = await scene.until('Workspace', 'home', 'ready');
    expect(status).toMatchObject({
      ready: true,
      message: expect.stringContaining('spec.autoHibernation.schedule'),
    });
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'AutoHibernation', status: 'False', reason: 'InvalidSchedule' }),
    );
  });

  test.concurrent('a fork copies each Module once, with overridden config', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module(
      'shop',
      { config: { namespace: 'a', replicas: 2 } },
      { metadata: { labels: { team: 'x' } } },
    );
    await scene.module('cache', { hibernated: true, config: { namespace: 'b' } });
    await scene.until('Module', 'shop', 'ready');
    const overrides = { [scene.name('shop')]: { namespace: 'fork' } };
    await scene.workspace(
      'fork',
      { from: { name: scene.name('home'), namespace: scene.namespace, migrateData: true } },
      { 'forkspacer.com/config-overrides': JSON.stringify(overrides) },
    );
    await scene.until('Workspace', 'fork', 'ready');
    const copyOf = (name: string) =>
      `${scene.name('fork')}-${scene.name(name)}`.slice(0, -scene.name('').length);
    const copy = await scene.until('Module', copyOf('shop'), 'ready');
    expect(copy.spec).toMatchObject({
      workspace: { name: scene.name('fork') },
      config: { namespace: 'fork', replicas: 2 },
    });
    expect(copy.metadata.labels).toEqual({ team: 'x' });
    expect(copy.metadata.annotations!['forkspacer.com/copied-from']).toBe(
      `${scene.namespace}/${scene.name('shop')}`,
    );
    expect((await scene.read('Module', copyOf('cache'))).spec.config).toEqual({ namespace: 'b' });
    const installs = scene.called('shop').filter(({ verb }) => verb === 'install');
    expect(new Set(installs.map(({ instance }) => instance)).size).toBe(2);
    expect(installs.map(({ config }) => config)).toEqual([
      { namespace: 'a', replicas: 2 },
      { namespace: 'fork', replicas: 2 },
    ]);
    // A copy that someone deletes stays deleted, also after the next look at the Workspace.
    await scene.delete('Module', copyOf('cache'));
    await scene.untilGone('Module', copyOf('cache'));
    await scene.patch('Workspace', 'fork', {
      spec: { autoHibernation: { enabled: false, schedule: '@daily' } },
    });
    await sleep(300);
    await expect(scene.read('Module', copyOf('cache'))).rejects.toThrow('found none');
    await scene.events('fork', 'DataNotMigrated');
  });

  test.concurrent('a fork that was interrupted goes on, and does not take what is not its own', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop');
    await scene.module(`fork${scene.name('')}-shop`);
    await scene.workspace('fork', { from: { name: scene.name('home'), namespace: scene.namespace } });
    const { status } = await scene.until('Workspace', 'fork', 'failed');
    expect(status.message).toContain('found another Module of that name');
    await scene.delete('Module', `fork${scene.name('')}-shop`);
    await scene.until('Workspace', 'fork', 'ready');
    await scene.until('Module', `fork${scene.name('')}-shop`, 'ready');
  });

  test.concurrent('a fork of nothing, of itself, and with overrides that fit nothing, says so', async ({
    expect,
  }) => {
    const scene = world.scene();
    const from = (name: string) => ({ from: { name: scene.name(name), namespace: scene.namespace } });
    await scene.workspace('home');
    await scene.workspace('orphan', from('nowhere'));
    expect((await scene.until('Workspace', 'orphan', 'failed')).status.message).toContain('found none');
    await scene.workspace('self', from('self'));
    expect((await scene.until('Workspace', 'self', 'failed')).status.message).toContain('found itself');
    await scene.module('shop');
    const annotation = (text: string) => ({ 'forkspacer.com/config-overrides': text });
    await scene.workspace('text', from('home'), annotation('no json'));
    expect((await scene.until('Workspace', 'text', 'failed')).status.message).toContain('no JSON');
    await scene.workspace('wrong', from('home'), annotation('{"shoop":{}}'));
    expect((await scene.until('Workspace', 'wrong', 'failed')).status.message).toContain(
      '"shoop", which is no Module',
    );
    await scene.patch('Workspace', 'wrong', { metadata: { annotations: annotation('{}') } });
    await scene.until('Workspace', 'wrong', 'ready');
  });
});
