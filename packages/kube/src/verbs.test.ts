import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnClusters, type FaultProxy, faultProxy } from '@forkspacer/embedded-cluster/testing';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  apply,
  connect,
  create,
  find,
  isOurs,
  type Kube,
  KubeError,
  list,
  type NewObject,
  patch,
  read,
  remove,
  type WatchEvent,
  waitFor,
  waitGone,
  watch,
} from './index.ts';

const failure = async (work: Promise<unknown>): Promise<KubeError> => {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
};

describeOnClusters('verbs', (cluster) => {
  let proxy: FaultProxy;
  let namespace: string;
  let kube: Kube;
  let other: Kube;

  beforeAll(async () => {
    proxy = await faultProxy(cluster.kubeconfig);
    namespace = await cluster.namespace('verbs');
    kube = connect({
      kubeconfig: { text: proxy.kubeconfig },
      fieldManager: 'forkspacer-modules/test',
      instance: 'one',
      module: 'test',
    });
    other = kube.with({ instance: 'two' });
  });
  afterEach(() => proxy.reset());
  afterAll(async () => {
    kube.close();
    await proxy.stop();
  });

  const config = (name: string, data: Record<string, string> = { x: '1' }): NewObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data,
  });
  const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace });

  test('a kubeconfig file may name its certificates as files, relative to itself', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: YAML
    const raw = load(cluster.kubeconfig) as any;
    const folder = mkdtempSync(join(tmpdir(), 'kube-'));
    const out = (holder: Record<string, string>, field: string): void => {
      const data = holder[`${field}-data`];
      if (data === undefined) return;
      writeFileSync(join(folder, field), Buffer.from(data, 'base64'));
      delete holder[`${field}-data`];
      holder[field] = field;
    };
    out(raw.clusters[0].cluster, 'certificate-authority');
    out(raw.users[0].user, 'client-certificate');
    out(raw.users[0].user, 'client-key');
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, JSON.stringify(raw));
    const direct = connect({ kubeconfig: { file }, fieldManager: 'test' });
    try {
      expect((await direct.request({ method: 'GET', path: '/version' })).gitVersion).toMatch(/^v1\./);
    } finally {
      direct.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('apply makes an object that is ours, and changes it in place', async () => {
    const first = await apply(kube, config('applied', { x: '1', y: '1' }));
    expect(isOurs(kube, first)).toBe(true);
    expect(isOurs(other, first)).toBe(false);
    const second = await apply(kube, config('applied', { x: '2' }));
    expect(second.metadata.uid).toBe(first.metadata.uid);
    expect(second.data).toEqual({ x: '2' });
  });

  test('apply never adopts what another instance, or nobody, made', async () => {
    await apply(kube, config('taken'));
    expect((await failure(apply(other, config('taken', { x: '2' })))).message).toBe(
      `ConfigMap ${namespace}/taken: exists and belongs to instance one of module test; it is not changed`,
    );
    await create(kube, config('bare'));
    const refused = await failure(apply(kube, config('bare'), { force: true }));
    expect([refused.reason, (await read(kube, ref('bare'))).metadata.labels]).toEqual(['NotOurs', undefined]);
  });

  test('apply against another manager of the field fails, naming field and owner', async () => {
    await apply(kube, config('shared'));
    const error = await failure(apply(kube.with({ fieldManager: 'kubectl' }), config('shared', { x: '2' })));
    expect([error.status, error.message]).toEqual([
      409,
      `ConfigMap ${namespace}/shared: conflict: .data.x owned by "forkspacer-modules/test"; it is not changed`,
    ]);
    expect(
      (await apply(kube.with({ fieldManager: 'kubectl' }), config('shared', { x: '2' }), { force: true }))
        .data,
    ).toEqual({ x: '2' });
  });

  test('apply as a dry run leaves nothing', async () => {
    await apply(kube, config('dry'), { dryRun: true });
    expect(await find(kube, ref('dry'))).toBeUndefined();
  });

  test('remove takes what is ours, waits until it is gone, and takes an absent one for success', async () => {
    await apply(kube, config('leaving'));
    expect((await failure(remove(other, ref('leaving')))).message).toContain(
      'belongs to instance one of module test; it is not deleted',
    );
    await remove(kube, ref('leaving'));
    expect(await find(kube, ref('leaving'))).toBeUndefined();
    await remove(kube, ref('leaving'));
  });

  test('remove by uid leaves another one of the same name', async () => {
    await apply(kube, config('again'));
    await remove(kube, ref('again'), { uid: '00000000-0000-0000-0000-000000000000' });
    expect(await find(kube, ref('again'))).toBeDefined();
    await remove(kube, ref('again'));
  });

  test('remove says which finalizer holds an object', async () => {
    const held = config('held');
    await apply(kube, { ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } });
    const error = await failure(remove(kube, ref('held'), { timeLimit: 300 }));
    expect([error.reason, error.message]).toEqual([
      'Timeout',
      expect.stringContaining('held by its finalizers'),
    ]);
    expect(error.message).toContain('example.com/hold');
    const gone = waitGone(kube, ref('held'), { timeLimit: 10_000 });
    await patch(kube, ref('held'), { metadata: { finalizers: null } }, { type: 'merge' });
    await gone;
  });

  test('a write whose answer is lost is done once, and is success', async () => {
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      proxy.inject({ when: (call) => call.method === method, fault: { kind: 'reset-after' }, times: 1 });
    }
    const created = await create(kube, config('lost'));
    expect((await read(kube, ref('lost'))).metadata.uid).toBe(created.metadata.uid);
    expect((await patch(kube, ref('lost'), { data: { x: '2' } }, { type: 'merge' })).data).toEqual({
      x: '2',
    });
    await remove(kube, ref('lost'), { ifOurs: false });
    expect(await find(kube, ref('lost'))).toBeUndefined();
    expect(proxy.writes).toHaveLength(6);
  });

  test('a list comes whole, by pages', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `page-${String(at).padStart(2, '0')}`);
    await Promise.all(
      names.map((name) =>
        create(kube, { ...config(name), metadata: { name, namespace, labels: { set: 'pages' } } }),
      ),
    );
    const { items, resourceVersion } = await list(kube, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace,
      labelSelector: 'set=pages',
    });
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
      names.map((name) => `ConfigMap ${name}`),
    );
    expect(resourceVersion).not.toBe('');
  });

  test('waitFor goes on after the connection drops', async () => {
    await create(kube, config('awaited'));
    const seen: (string | undefined)[] = [];
    const waiting = waitFor(kube, ref('awaited'), (object) => object?.data?.x === '3', {
      describe: 'x to be 3',
      onProgress: (object) => seen.push(object?.data?.x),
      timeLimit: 15_000,
    });
    await expect.poll(() => proxy.calls.some((call) => call.query.watch)).toBe(true);
    proxy.dieAfterWrites(0);
    proxy.reset();
    await patch(kube, ref('awaited'), { data: { x: '2' } }, { type: 'merge' });
    await patch(kube, ref('awaited'), { data: { x: '3' } }, { type: 'merge' });
    expect((await waiting)?.data?.x).toBe('3');
    expect(seen[0]).toBe('1');
  });

  test('waitFor reads again where watching is not allowed', async () => {
    await create(kube, config('unwatched'));
    proxy.inject({ when: (call) => call.query.watch !== undefined, fault: { kind: 'status', status: 403 } });
    const waiting = waitFor(kube, ref('unwatched'), (object) => object?.data?.x === '2', {
      describe: 'x to be 2',
      timeLimit: 10_000,
    });
    await patch(kube, ref('unwatched'), { data: { x: '2' } }, { type: 'merge' });
    await waiting;
  });

  test('waitFor says what it waited for in vain', async () => {
    await create(kube, config('vain'));
    const error = await failure(
      waitFor(kube, ref('vain'), () => false, { describe: 'the impossible', timeLimit: 200 }),
    );
    expect(error.message).toBe(`ConfigMap ${namespace}/vain: waiting for the impossible took too long`);
    const never = waitFor(kube, ref('never'), (object) => object !== undefined, {
      describe: 'someone to make it',
      timeLimit: 250,
    });
    expect((await failure(never)).message).toBe(
      `ConfigMap ${namespace}/never: waiting for someone to make it took too long`,
    );
  });

  test('a namespace that is not there is what the error names', async () => {
    const object = { ...config('a'), metadata: { name: 'a', namespace: 'nowhere' } };
    for (const verb of [apply, create]) {
      expect(await failure(verb(kube, object))).toMatchObject({
        status: 404,
        message: 'ConfigMap nowhere/a: not found: there is no namespace nowhere',
      });
    }
  });

  /** A watch of everything labelled `set`, with what it told so far. */
  function observe(set: string) {
    const stop = new AbortController();
    const told: string[] = [];
    const events: WatchEvent[] = [];
    const ended = (async () => {
      const selection = { apiVersion: 'v1', kind: 'ConfigMap', namespace, labelSelector: `set=${set}` };
      for await (const event of watch(kube, { ...selection, signal: stop.signal })) {
        events.push(event);
        told.push(event.object ? `${event.type} ${event.object.metadata.name}` : event.type);
      }
    })();
    return { told, events, stop: () => stop.abort(), ended };
  }
  const labelled = (set: string, name: string): NewObject => ({
    ...config(name),
    metadata: { name, namespace, labels: { set } },
  });
  const drop = () => {
    proxy.dieAfterWrites(0);
    proxy.reset();
  };

  test('watch tells what is there, then SYNCED once, then every change', async () => {
    await create(kube, labelled('plain', 'plain-a'));
    const { told, stop, ended } = observe('plain');
    await expect.poll(() => told).toEqual(['ADDED plain-a', 'SYNCED']);
    await create(kube, labelled('plain', 'plain-b'));
    await patch(kube, ref('plain-a'), { data: { x: '2' } }, { type: 'merge' });
    await remove(kube, ref('plain-b'), { ifOurs: false });
    await expect
      .poll(() => told.slice(2))
      .toEqual(expect.arrayContaining(['ADDED plain-b', 'MODIFIED plain-a', 'DELETED plain-b']));
    const began = Date.now();
    stop();
    await ended;
    expect(Date.now() - began).toBeLessThan(200);
  });

  test('watch misses nothing and repeats nothing over a dropped connection', async () => {
    await create(kube, labelled('drop', 'drop-a'));
    const { told, stop, ended } = observe('drop');
    await expect.poll(() => told).toEqual(['ADDED drop-a', 'SYNCED']);
    await expect.poll(() => proxy.calls.some((call) => call.query.watch)).toBe(true);
    drop();
    await create(kube, labelled('drop', 'drop-b'));
    await expect.poll(() => told, { timeout: 5_000 }).toEqual(['ADDED drop-a', 'SYNCED', 'ADDED drop-b']);
    stop();
    await ended;
  });

  test('watch lists anew after 410 Gone, and tells DELETED for what vanished meanwhile', async () => {
    await create(kube, labelled('gone', 'gone-a'));
    await create(kube, labelled('gone', 'gone-b'));
    const { told, events, stop, ended } = observe('gone');
    await expect.poll(() => told).toContain('SYNCED');
    await expect.poll(() => proxy.calls.some((call) => call.query.watch)).toBe(true);
    // The watch cannot come back before both changes are made, and then its version is too old.
    proxy.inject({ when: (call) => call.query.watch !== undefined, fault: { kind: 'status', status: 503 } });
    proxy.dieAfterWrites(0);
    proxy.dieAfterWrites(Number.POSITIVE_INFINITY);
    await remove(kube, ref('gone-a'), { ifOurs: false, wait: false });
    await waitGoneByReading('gone-a');
    await patch(kube, ref('gone-b'), { data: { x: '2' } }, { type: 'merge' });
    proxy.reset();
    proxy.inject({
      when: (call) => call.query.watch !== undefined,
      fault: { kind: 'status', status: 410 },
      times: 1,
    });
    await expect
      .poll(() => told.slice(3), { timeout: 10_000 })
      .toEqual(['DELETED gone-a', 'MODIFIED gone-b']);
    expect(events.find(({ type }) => type === 'DELETED')?.object?.data).toEqual({ x: '1' });
    stop();
    await ended;
  });
  const waitGoneByReading = (name: string) =>
    expect.poll(() => find(kube, ref(name)), { timeout: 5_000 }).toBeUndefined();

  test('watch of what is not served fails, once, in words', async () => {
    const selection = { apiVersion: 'example.com/v1', kind: 'Widget', namespace };
    const work = (async () => {
      for await (const _ of watch(kube, selection));
    })();
    expect((await failure(work)).reason).toBe('NoSuchKind');
  });
});
