import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeOnClusters } from './test/clusters.ts';
import { createWorld, type World } from './test/world.ts';

describeOnClusters('the life of a Module', (cluster) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld(cluster.kubeconfig);
  });
  afterEach(() => world.close());

  const metadataOf = async (name: string) =>
    JSON.parse((await world.read('Module', name))!.metadata.annotations!['forkspacer.com/manager-data']!);

  test('installs, sleeps, wakes and leaves, each phase with its call and its metadata', async () => {
    world.script('shop', {
      install: [{ body: { step: 1 } }],
      sleep: [{ body: { step: 2 } }],
      resume: [{ body: '' }],
    });
    await world.start();
    await world.workspace('home');
    const made = await world.module('shop', {
      custom: { image: 'fake/shop:1.0.0', permissions: ['workspace'] },
      config: { a: 1 },
    });
    const ready = await world.until('Module', 'shop', 'ready');
    expect(ready.metadata.finalizers).toEqual(['delete']);
    expect(ready.status).toMatchObject({ source: 'custom', lastActivity: expect.any(String) });
    expect(ready.status.conditions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'Ready', status: 'True', observedGeneration: 1 }),
        expect.objectContaining({ type: 'Installed', status: 'True' }),
      ]),
    );
    await world.patch('Module', 'shop', { spec: { hibernated: true } });
    await world.until('Module', 'shop', 'sleeped');
    expect((await metadataOf('shop')).innerMetaData).toEqual({ step: 2 });
    await world.patch('Module', 'shop', { spec: { hibernated: false } });
    await world.until('Module', 'shop', 'ready');
    expect(await metadataOf('shop')).toMatchObject({
      runnerPodName: expect.stringContaining(made.metadata.uid!),
      runnerPodUniqueLabel: expect.stringContaining(made.metadata.uid!),
      runnerServiceName: expect.stringContaining(made.metadata.uid!),
      innerMetaData: { step: 2 },
    });
    await world.delete('Module', 'shop');
    await world.untilGone('Module', 'shop');

    const calls = world.called('shop').filter((call) => !call.answered);
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
    expect(world.phases.filter(({ kind }) => kind === 'Module').map(({ phase }) => phase)).toEqual([
      'installing',
      'ready',
      'sleeping',
      'sleeped',
      'resuming',
      'ready',
      'uninstalling',
    ]);
    expect(world.calls.map(({ verb, status }) => `${verb} ${status}`)).toEqual([
      'install 201',
      'sleep 200',
      'resume 200',
      'uninstall 204',
    ]);
    const reasons = (await world.events('shop')).map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(['Installed', 'Sleeped', 'Resumed', 'Uninstalled']));
  });
});
