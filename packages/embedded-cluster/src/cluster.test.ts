import { request as plainRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './index.ts';
import { accessOf } from './testing/kubeconfig.ts';
import { type Upstream, upstream } from './testing/upstream.ts';

let cluster: Cluster;
let api: Upstream;
beforeAll(async () => {
  cluster = await startCluster({ controllers: false });
  api = upstream(accessOf(cluster.kubeconfig));
});
afterAll(async () => {
  api.close();
  await cluster.stop();
});

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const create = (name: string, more: object = {}): ReturnType<Upstream['json']> =>
  api.json('POST', CONFIG_MAPS, { metadata: { name }, ...more });

/** The first events of a watch, as they come. */
async function events(
  path: string,
  count: number,
): Promise<{ type: string; object: Record<string, unknown> }[]> {
  const response = await api.send('GET', path, {}, '');
  const found = [];
  let text = '';
  for await (const part of response) {
    text += part;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) found.push(JSON.parse(line));
    if (found.length >= count) break;
  }
  response.destroy();
  return found;
}

describe('the server', () => {
  test('is ready at once', async () => {
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const before = performance.now();
      const other = await startCluster();
      times.push(performance.now() - before);
      await other.stop();
    }
    expect(Math.min(...times)).toBeLessThan(150);
  });

  test('answers nobody without its certificate', async () => {
    const { ca } = accessOf(cluster.kubeconfig);
    const status = await new Promise((resolve, reject) => {
      const call = plainRequest(`${cluster.server}/api/v1/namespaces`, { ca }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject);
      call.setHeader('authorization', 'Bearer anything');
      call.end();
    });
    expect(status).toBe(401);
  });

  test('reads a body of 3 MiB and no more', async () => {
    const { status, body } = await create('huge', { data: { x: 'x'.repeat(3 * 1024 * 1024) } });
    expect(status).toBe(413);
    expect(body.reason).toBe('RequestEntityTooLarge');
  });

  test('ends its watches when it stops', async () => {
    const other = await startCluster();
    const client = upstream(accessOf(other.kubeconfig));
    const response = await client.send('GET', '/api/v1/namespaces?watch=true', {}, '');
    const ended = new Promise((resolve) =>
      response
        .on('close', resolve)
        .on('error', () => {})
        .resume(),
    );
    await other.stop();
    await ended;
    client.close();
  });
});

describe('an interceptor', () => {
  test('may answer itself', async () => {
    const undo = cluster.intercept(() => ({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { kind: 'Status' },
    }));
    expect((await api.json('GET', CONFIG_MAPS)).status).toBe(503);
    undo();
    expect((await api.json('GET', CONFIG_MAPS)).status).toBe(200);
  });

  test('may lose the answer after the effect', async () => {
    const undo = cluster.intercept(async (call, next) => {
      const answer = await next();
      return call.method === 'POST' ? 'drop' : answer;
    });
    await expect(create('lost')).rejects.toThrow();
    undo();
    expect((await api.json('GET', `${CONFIG_MAPS}/lost`)).status).toBe(200);
  });

  test('may drop a request before it has an effect', async () => {
    const undo = cluster.intercept((call, next) => (call.method === 'POST' ? 'drop' : next()));
    await expect(create('never')).rejects.toThrow();
    undo();
    expect((await api.json('GET', `${CONFIG_MAPS}/never`)).status).toBe(404);
  });
});

describe('the clock', () => {
  test('is the one of the timestamps', async () => {
    const before = Date.parse((await create('early')).body.metadata.creationTimestamp);
    cluster.clock.advance(3_600_000);
    const after = Date.parse((await create('late')).body.metadata.creationTimestamp);
    expect((after - before) / 1000).toBeGreaterThanOrEqual(3600);
    expect((after - before) / 1000).toBeLessThan(3660);
  });

  test('runs what falls due on the way, in order, each at its time', () => {
    const start = cluster.clock.now();
    const seen: [string, number][] = [];
    const note = (name: string): void =>
      void seen.push([name, Math.round((cluster.clock.now() - start) / 1000)]);
    cluster.clock.after(20_000, () => note('second'));
    cluster.clock.after(10_000, () => {
      note('first');
      cluster.clock.after(5_000, () => note('between'));
    });
    cluster.clock.after(60_000, () => note('later'))();
    cluster.clock.advance(120_000);
    expect(seen).toEqual([
      ['first', 10],
      ['between', 15],
      ['second', 20],
    ]);
  });
});

describe('a compacted past', () => {
  test('answers watches and lists from an old version with 410', async () => {
    const { body } = await create('old');
    const version = body.metadata.resourceVersion;
    await create('newer');
    expect(await events(`${CONFIG_MAPS}?watch=true&resourceVersion=${version}`, 1)).toMatchObject([
      { type: 'ADDED' },
    ]);
    cluster.compact();
    const [event] = await events(`${CONFIG_MAPS}?watch=true&resourceVersion=${version}`, 1);
    expect(event).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    const exact = await api.json(
      'GET',
      `${CONFIG_MAPS}?resourceVersion=${version}&resourceVersionMatch=Exact`,
    );
    expect(exact.status).toBe(410);
  });
});

describe('the inner client', () => {
  test('goes through the same rules as HTTP', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Bad', namespace: 'default' } };
    expect(() => cluster.client.create(object)).toThrow('a lowercase RFC 1123 subdomain must consist of');
  });

  test('hands out frozen objects', () => {
    const object = cluster.client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' });
    expect(() => {
      object.metadata.labels = {};
    }).toThrow(TypeError);
  });

  test('tells of a write after it, not inside it', async () => {
    const seen: string[] = [];
    const query = { apiVersion: 'v1', kind: 'Secret', namespace: 'default' };
    const stop = cluster.client.watch(query, ({ type, object }) =>
      seen.push(`${type} ${object.metadata.name}`),
    );
    cluster.client.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
    });
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toEqual(['ADDED s']);
    stop();
  });
});

test('ten thousand objects are made and listed without a scan for each', () => {
  const before = performance.now();
  for (let index = 0; index < 10_000; index++) {
    cluster.client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `many-${index}`, namespace: 'kube-public' },
    });
  }
  expect(cluster.client.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-public' })).toHaveLength(
    10_000,
  );
  // Quadratic work would take minutes.
  expect(performance.now() - before).toBeLessThan(10_000);
});
