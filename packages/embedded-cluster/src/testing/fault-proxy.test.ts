import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeOnClusters } from './clusters.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';

describeOnClusters('a fault proxy', (cluster) => {
  let proxy: FaultProxy;
  let configMaps: string;
  beforeAll(async () => {
    configMaps = `/api/v1/namespaces/${await cluster.namespace('proxy')}/configmaps`;
    proxy = await faultProxy(cluster.kubeconfig);
  });
  beforeEach(() => proxy.reset());
  afterAll(() => proxy.stop());

  const call = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(proxy.url + path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const create = (name: string): Promise<Response> => call('POST', configMaps, { metadata: { name } });
  const exists = async (name: string): Promise<boolean> =>
    (await call('GET', `${configMaps}/${name}`)).status === 200;

  test('passes calls on and records them', async () => {
    expect((await create('plain')).status).toBe(201);
    expect(proxy.calls).toMatchObject([
      { method: 'POST', path: configMaps, query: {}, body: { metadata: { name: 'plain' } } },
    ]);
  });

  test('answers with a status as often as it was told to', async () => {
    proxy.inject({
      when: ({ method }) => method === 'POST',
      fault: { kind: 'status', status: 429, retryAfter: 3 },
      times: 1,
    });
    const first = await create('limited');
    expect(first.status).toBe(429);
    expect(first.headers.get('retry-after')).toBe('3');
    expect((await create('limited')).status).toBe(201);
  });

  test('resets before the effect', async () => {
    proxy.inject({ when: ({ method }) => method === 'POST', fault: { kind: 'reset-before' } });
    await expect(create('never')).rejects.toThrow();
    expect(await exists('never')).toBe(false);
  });

  test('loses the answer after the effect', async () => {
    proxy.inject({ when: ({ method }) => method === 'POST', fault: { kind: 'reset-after' } });
    await expect(create('done')).rejects.toThrow();
    expect(await exists('done')).toBe(true);
  });

  test('cuts an answer off in the middle', async () => {
    await create('cut');
    proxy.inject({ fault: { kind: 'truncate' } });
    await expect(call('GET', `${configMaps}/cut`).then((answer) => answer.text())).rejects.toThrow();
  });

  test('dies after the n-th write: that one is done, and nothing is answered any more', async () => {
    const death = proxy.dieAfterWrites(2);
    expect((await create('one')).status).toBe(201);
    await expect(create('two')).rejects.toThrow();
    expect(await death).toMatchObject({ method: 'POST', body: { metadata: { name: 'two' } }, status: 201 });
    await expect(call('GET', configMaps)).rejects.toThrow();
    proxy.reset();
    expect(await exists('two')).toBe(true);
  });

  test('leaves a call without an answer', async () => {
    proxy.inject({ fault: { kind: 'hang' } });
    await expect(fetch(proxy.url + configMaps, { signal: AbortSignal.timeout(200) })).rejects.toThrow(
      'timeout',
    );
  });
});
