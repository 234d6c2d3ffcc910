/** An API server that fails now and then: nothing is lost, nothing is done twice. */
import { describeOnClusters, type FaultProxy, faultProxy } from '@forkspacer/embedded-cluster/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createWorld, type World } from './test/world.ts';

vi.setConfig({ testTimeout: 60_000 });

describeOnClusters('an API server that fails', (cluster) => {
  let world: World;
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await faultProxy(cluster.kubeconfig);
    world = await createWorld(cluster.kubeconfig, { kubeconfig: { text: proxy.kubeconfig } });
    await world.start();
  });
  afterEach(() => proxy.reset());
  afterAll(async () => {
    await world.close();
    await proxy.stop();
  });
  const isModuleWrite = (subresource: '' | '/status') => (call: { method: string; path: string }) =>
    call.method === 'PATCH' && call.path.endsWith(`/shop${suffix}${subresource}`);
  let suffix = '';
  const begin = async () => {
    const scene = world.scene();
    suffix = scene.name('');
    await scene.workspace('home');
    await scene.until('Workspace', 'home', 'ready');
    return scene;
  };

  test('a conflict is thought over again from what is there', async () => {
    const scene = await begin();
    proxy.inject({
      when: isModuleWrite(''),
      fault: { kind: 'status', status: 409, message: 'stale' },
      times: 3,
    });
    proxy.inject({
      when: isModuleWrite('/status'),
      fault: { kind: 'status', status: 409, message: 'stale' },
      times: 3,
    });
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
  });

  test('metadata is kept however long the API server refuses it', async () => {
    const scene = await begin();
    scene.script('shop', { install: [{ body: { precious: true } }] });
    const carries = (call: { body: unknown }) => JSON.stringify(call.body ?? '').includes('precious');
    proxy.inject({ when: carries, fault: { kind: 'status', status: 409, message: 'no' }, times: 5 });
    proxy.inject({ when: carries, fault: { kind: 'status', status: 403, message: 'no' }, times: 2 });
    proxy.inject({ when: carries, fault: { kind: 'reset-before' }, times: 2 });
    await scene.module('shop');
    const { metadata } = await scene.until('Module', 'shop', 'ready');
    expect(metadata.annotations!['forkspacer.com/manager-data']).toContain('precious');
    expect(scene.verbs('shop')).toEqual(['install']);
  });

  test('answers that get lost change nothing about the outcome', async () => {
    const scene = await begin();
    let count = 0;
    proxy.inject({
      when: (call) => call.method !== 'GET' && call.path.includes(suffix) && count++ % 2 === 0,
      fault: { kind: 'reset-after' },
      times: 6,
    });
    await scene.module('shop', { hibernated: true });
    await scene.until('Module', 'shop', 'sleeped');
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(scene.verbs('shop')).toEqual(['install', 'sleep', 'uninstall']);
  });

  test('an API server that is away for a while is waited for', async () => {
    const scene = await begin();
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    const back = proxy.inject({ fault: { kind: 'status', status: 503, message: 'away' } });
    await scene.patch('Module', 'shop', { spec: { hibernated: true } });
    await new Promise((later) => setTimeout(later, 700));
    back();
    await scene.until('Module', 'shop', 'sleeped');
  });

  test('a finalizer that someone else puts on meanwhile stays', async () => {
    const scene = await begin();
    await scene.module('shop');
    await scene.until('Module', 'shop', 'ready');
    const { metadata } = await scene.read('Module', 'shop');
    await scene.patch('Module', 'shop', {
      metadata: { finalizers: [...metadata.finalizers!, 'example.com/other'] },
    });
    await scene.delete('Module', 'shop');
    const left = await scene.until(
      'Module',
      'shop',
      ({ metadata }) => !metadata.finalizers?.includes('delete'),
    );
    expect(left.metadata.finalizers).toContain('example.com/other');
    await scene.patch('Module', 'shop', { metadata: { finalizers: null } });
  });
});
