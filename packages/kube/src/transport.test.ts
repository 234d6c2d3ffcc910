import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type Call,
  type ConnectOptions,
  connect,
  create,
  find,
  type Kube,
  KubeError,
  list,
  patch,
  read,
} from './index.ts';

type Step = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0).reverse()) each();
});

/** A server that answers the n-th request by the n-th step, and the last step from then on. */
async function server(...steps: Step[]): Promise<{ url: string; requests: string[]; sockets: Set<Socket> }> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const listening = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const step = steps[Math.min(requests.length, steps.length - 1)];
    requests.push(`${request.method} ${request.url}`);
    step?.(request, response, body);
  });
  listening.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, requests, sockets };
}

function kubeconfig(url: string, user: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'shop' } }],
    users: [{ name: 'test', user }],
  });
}

function connected(url: string, options: Partial<ConnectOptions> = {}): Kube {
  const kube = connect({ kubeconfig: { text: kubeconfig(url) }, fieldManager: 'test', ...options });
  undo.push(() => kube.close());
  return kube;
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const CONFIG = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'shop' },
  data: { x: '1' },
};
const ok = json(200, {
  ...CONFIG,
  unknown: { kept: true },
  metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
});
const reset: Step = (request) => request.socket.destroy();
const hang: Step = () => {};
const failure = async (work: Promise<unknown>): Promise<KubeError> => {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
};

describe('an answer', () => {
  test('is the plain JSON that the server sent, unknown fields and times as text included', async () => {
    const { url } = await server(ok);
    const object = await read(connected(url), WEB);
    expect(object.unknown).toEqual({ kept: true });
    expect(object.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
  });

  test('comes over one connection for calls after one another', async () => {
    const { url, sockets, requests } = await server(ok);
    const kube = connected(url);
    for (let i = 0; i < 5; i++) await read(kube, WEB);
    expect(requests).toEqual(Array(5).fill('GET /apis/apps/v1/namespaces/shop/deployments/web'));
    expect(sockets.size).toBe(1);
  });

  test('keeps a name with capital letters as it is', async () => {
    const { url, requests } = await server(ok);
    await read(connected(url), {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      name: 'system:Big',
    });
    expect(requests).toEqual(['GET /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3ABig']);
  });

  test('that is no JSON is told without its content', async () => {
    const { url } = await server((_, response) => response.end('<html>a secret page</html>'));
    const error = await failure(read(connected(url), WEB));
    expect(error.message).toBe(
      'Deployment shop/web: expected JSON from the API server, found 26 bytes of something else',
    );
  });
});

describe('a fault that passes is outlasted', () => {
  test('429 waits as long as Retry-After says', async () => {
    const { url } = await server(json(429, {}, { 'retry-after': '1' }), ok);
    const began = Date.now();
    await read(connected(url), WEB);
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
  });

  test('429 with Retry-After: 0 is not asked as fast as possible', async () => {
    const { url, requests } = await server(json(429, {}, { 'retry-after': '0' }));
    await failure(read(connected(url, { deadline: Date.now() + 500 }), WEB));
    expect(requests.length).toBeGreaterThan(1);
    expect(requests.length).toBeLessThan(15);
  });

  test.each([500, 502, 503, 504])('%i', async (status) => {
    const { url, requests } = await server(json(status, {}), json(status, {}), ok);
    await read(connected(url), WEB);
    expect(requests).toHaveLength(3);
  });

  test('a connection that is cut before the answer', async () => {
    const { url } = await server(reset, reset, ok);
    await read(connected(url), WEB);
  });

  test('a body that ends half way', async () => {
    const half: Step = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"half":', () => setTimeout(() => request.socket.destroy(), 20));
    };
    const { url, requests } = await server(half, ok);
    await read(connected(url), WEB);
    expect(requests).toHaveLength(2);
  });

  test('a body that stops half way, on a connection that stays', async () => {
    const stall: Step = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"half":');
    };
    const { url, requests } = await server(stall, ok);
    await read(connected(url, { timeout: 100 }), WEB);
    expect(requests).toHaveLength(2);
  });

  test('an answer that never comes', async () => {
    const { url } = await server(hang, ok);
    await read(connected(url, { timeout: 100 }), WEB);
  });

  test('a server that is not there yet', async () => {
    const { url } = await server(ok);
    const port = Number(new URL(url).port);
    undo.pop()?.();
    const late = http.createServer((request, response) => ok(request, response, ''));
    undo.push(() => late.close());
    undo.push(() => late.closeAllConnections());
    setTimeout(() => late.listen(port, '127.0.0.1'), 300);
    await read(connected(url), WEB);
  });

  test('and every attempt is told, with what it was answered', async () => {
    const { url } = await server(json(503, {}), ok);
    const calls: Call[] = [];
    await read(connected(url, { onCall: (call) => calls.push(call) }), WEB);
    expect(calls.map(({ status, attempt }) => [status, attempt])).toEqual([
      [503, 1],
      [200, 2],
    ]);
  });
});

describe('a fault that stays is told', () => {
  test('when the deadline comes, with the last answer', async () => {
    const { url } = await server(json(503, { message: 'etcd is away' }));
    const began = Date.now();
    const error = await failure(read(connected(url, { deadline: Date.now() + 500 }), WEB));
    expect(Date.now() - began).toBeLessThan(700);
    expect(error.message).toBe('Deployment shop/web: 503 ServerError (etcd is away)');
  });

  test('when the deadline comes and nothing was answered', async () => {
    const { url } = await server(hang);
    const began = Date.now();
    const error = await failure(read(connected(url, { deadline: Date.now() + 300 }), WEB));
    expect(Date.now() - began).toBeLessThan(500);
    expect(error.reason).toBe('NoAnswer');
  });

  test('at once when the deadline has passed, and nothing is sent', async () => {
    const { url, requests } = await server(ok);
    const error = await failure(read(connected(url, { deadline: Date.now() - 1 }), WEB));
    expect([error.reason, requests]).toEqual(['NoAnswer', []]);
  });

  test('at once when Retry-After lies behind the deadline', async () => {
    const { url } = await server(json(429, { message: 'slow down' }, { 'retry-after': '60' }));
    const began = Date.now();
    const error = await failure(read(connected(url, { deadline: Date.now() + 5_000 }), WEB));
    expect(error.status).toBe(429);
    expect(Date.now() - began).toBeLessThan(500);
  });

  test.each([400, 403, 404, 409, 422])('at once for %i', async (status) => {
    const { url, requests } = await server(json(status, {}));
    expect((await failure(read(connected(url), WEB))).status).toBe(status);
    expect(requests).toHaveLength(1);
  });
});

describe('an abort', () => {
  test('ends a call that hangs, at once, with the reason of the signal', async () => {
    const { url } = await server(hang);
    const reason = new Error('shutting down');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 50);
    const began = Date.now();
    await expect(read(connected(url, { signal: stop.signal }), WEB)).rejects.toBe(reason);
    expect(Date.now() - began).toBeLessThan(300);
  });

  test('ends the pause between attempts, and nothing is tried again', async () => {
    const { url, requests } = await server(json(429, {}, { 'retry-after': '5' }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expect(read(connected(url, { signal: stop.signal }), WEB)).rejects.toThrow('abort');
    expect(requests).toHaveLength(1);
  });

  test('that came before sends nothing', async () => {
    const { url, requests } = await server(ok);
    await expect(read(connected(url, { signal: AbortSignal.abort() }), WEB)).rejects.toThrow('abort');
    expect(requests).toHaveLength(0);
  });
});

describe('a write whose answer was lost', () => {
  const exists = json(409, { reason: 'AlreadyExists', message: 'configmaps "a" already exists' });

  test('create: finds what it made, and that is success', async () => {
    const { url, requests } = await server(reset, exists, json(200, { ...CONFIG, kept: true }));
    expect((await create(connected(url), CONFIG)).data).toEqual({ x: '1' });
    expect(requests.map((each) => each.split(' ')[0])).toEqual(['POST', 'POST', 'GET']);
  });

  test('create: finds another one with its name, and that is AlreadyExists', async () => {
    const { url } = await server(reset, exists, json(200, { ...CONFIG, data: { x: 'of another' } }));
    expect((await failure(create(connected(url), CONFIG))).reason).toBe('AlreadyExists');
  });

  test('create: AlreadyExists at the first attempt is never taken for success', async () => {
    const { url, requests } = await server(exists, ok);
    expect((await failure(create(connected(url), CONFIG))).message).toBe('ConfigMap shop/a: already exists');
    expect(requests).toHaveLength(1);
  });

  test('create with generateName is not sent again: it would make a second one', async () => {
    const { url, requests } = await server(reset, ok);
    const metadata = { generateName: 'a-', namespace: 'shop' };
    const error = await failure(create(connected(url), { ...CONFIG, metadata }));
    expect(error.uncertain).toBe(true);
    expect(requests).toHaveLength(1);
  });

  test('merge patch is sent again', async () => {
    const { url } = await server(reset, ok);
    await patch(connected(url), WEB, { spec: { replicas: 1 } }, { type: 'merge' });
  });

  test('json patch without a test is not sent again', async () => {
    const { url, requests } = await server(reset, ok);
    const body = [{ op: 'add', path: '/spec/list/-', value: 1 }];
    await failure(patch(connected(url), WEB, body, { type: 'json' }));
    expect(requests).toHaveLength(1);
  });
});

describe('credentials', () => {
  const unauthorized = json(401, { reason: 'Unauthorized', message: 'Unauthorized' });
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'kube-'));
    undo.push(() => rmSync(made, { recursive: true }));
    return made;
  };

  test.each(['tokenFile', 'token-file'])('a %s that has rotated is read again after a 401', async (field) => {
    const file = join(folder(), 'token');
    writeFileSync(file, 'first-token\n');
    const seen: (string | undefined)[] = [];
    const { url } = await server((request, response, body) => {
      seen.push(request.headers.authorization);
      (request.headers.authorization === 'Bearer second-token' ? ok : unauthorized)(request, response, body);
    });
    const kube = connect({ kubeconfig: { text: kubeconfig(url, { [field]: file }) }, fieldManager: 'test' });
    undo.push(() => kube.close());
    expect((await failure(read(kube, WEB))).status).toBe(401);
    writeFileSync(file, 'second-token\n');
    await read(kube, WEB);
    expect(seen).toEqual(['Bearer first-token', 'Bearer first-token', 'Bearer second-token']);
  });

  test('a kubeconfig file that was written anew is read again after a 401', async () => {
    const file = join(folder(), 'kubeconfig');
    const { url } = await server((request, response, body) => {
      (request.headers.authorization === 'Bearer second-token' ? ok : unauthorized)(request, response, body);
    });
    writeFileSync(file, kubeconfig(url, { token: 'first-token' }));
    const kube = connect({ kubeconfig: { file }, fieldManager: 'test' });
    undo.push(() => kube.close());
    await failure(read(kube, WEB));
    writeFileSync(file, kubeconfig(url, { token: 'second-token' }));
    await read(kube, WEB);
  });

  test('a token file that is away, or empty, while it rotates leaves the token that was read before', async () => {
    const file = join(folder(), 'token');
    writeFileSync(file, 'first-token\n');
    const seen: (string | undefined)[] = [];
    const { url } = await server((request, response, body) => {
      seen.push(request.headers.authorization);
      ok(request, response, body);
    });
    const text = kubeconfig(url, { tokenFile: file });
    const kube = connect({ kubeconfig: { text }, fieldManager: 'test' });
    undo.push(() => kube.close());
    vi.useFakeTimers({ toFake: ['Date'] });
    undo.push(() => vi.useRealTimers());
    await read(kube, WEB);
    for (const change of [() => writeFileSync(file, ''), () => rmSync(file)]) {
      change();
      vi.setSystemTime(Date.now() + 60_000);
      await read(kube, WEB);
    }
    writeFileSync(file, 'second-token\n');
    vi.setSystemTime(Date.now() + 60_000);
    await read(kube, WEB);
    expect(seen).toEqual([...Array(3).fill('Bearer first-token'), 'Bearer second-token']);
  });

  test('never show in an error, even when the server repeats them', async () => {
    const { url } = await server((request, response, body) =>
      json(403, { message: `no: ${request.headers.authorization} my-secret-token` })(request, response, body),
    );
    const text = kubeconfig(url, { token: 'my-secret-token' });
    const kube = connect({ kubeconfig: { text }, fieldManager: 'test' });
    undo.push(() => kube.close());
    expect((await failure(read(kube, WEB))).message).not.toContain('my-secret-token');
  });

  test('the content of a Secret never shows, even when the server repeats it', async () => {
    const { url } = await server(
      json(422, {
        message: 'data[x]: Invalid value: "hunter2hunter2"',
        details: { causes: [{ field: 'data[x]', reason: 'FieldValueInvalid' }] },
      }),
    );
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { x: 'hunter2hunter2' },
    };
    expect((await failure(create(connected(url), secret))).message).toBe(
      'Secret shop/s: invalid (data[x]: FieldValueInvalid)',
    );
  });

  test.each([
    ['exec', { exec: { command: 'touch', args: ['/tmp/pwned'] } }],
    ['auth-provider', { 'auth-provider': { name: 'gcp' } }],
  ])('a kubeconfig with %s is refused', (named, user) => {
    const text = kubeconfig('https://127.0.0.1:1', user);
    expect(() => connect({ kubeconfig: { text }, fieldManager: 'test' })).toThrow(`found ${named}`);
  });

  test.each([
    ['nothing', ''],
    ['no YAML', '{'],
    ['no context', '{}'],
    ['a list', '[1]'],
  ])('a kubeconfig with %s is told in one line', (_, text) => {
    expect(() => connect({ kubeconfig: { text }, fieldManager: 'test' })).toThrow(
      /^kubeconfig: expected [^\n]*$/,
    );
  });

  test.each<[string, object, string]>([
    [
      'a server that is no URL',
      { clusters: [{ name: 'test', cluster: { server: 'here' } }] },
      'an https URL',
    ],
    [
      'a server of another protocol',
      { clusters: [{ name: 'test', cluster: { server: 'ftp://x' } }] },
      'an https URL',
    ],
    ['users that are no list', { users: { test: {} } }, 'a list of users'],
    [
      'a token that is no text',
      { users: [{ name: 'test', user: { token: 1 } }] },
      'a token of visible ASCII',
    ],
    [
      'a token of two lines',
      { users: [{ name: 'test', user: { token: 'two\nlines' } }] },
      'a token of visible',
    ],
    [
      'a namespace that is no text',
      { contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 5 } }] },
      'the namespace of context "test"',
    ],
  ])('%s is told in words', (_name, change, expected) => {
    const text = JSON.stringify({ ...JSON.parse(kubeconfig('https://127.0.0.1:1')), ...change });
    expect(() => connect({ kubeconfig: { text }, fieldManager: 'test' })).toThrow(
      expect.objectContaining({
        name: 'KubeError',
        message: expect.stringContaining(`kubeconfig: expected ${expected}`),
      }),
    );
  });

  test('a token file that is not there is named', async () => {
    const text = kubeconfig('https://127.0.0.1:1', { tokenFile: '/nowhere/token' });
    const kube = connect({ kubeconfig: { text }, fieldManager: 'test' });
    expect((await failure(read(kube, WEB))).message).toBe(
      'kubeconfig: expected a file that can be read at /nowhere/token, found ENOENT',
    );
  });

  test('plain http to another machine is refused: the token would travel in the clear', async () => {
    const text = kubeconfig('http://192.0.2.1:80', { token: 'x' });
    const kube = connect({ kubeconfig: { text }, fieldManager: 'test' });
    expect((await failure(read(kube, WEB))).message).toContain('found http');
  });

  test('a file that is not there is named', () => {
    expect(() => connect({ kubeconfig: { file: '/nowhere/kubeconfig' }, fieldManager: 'test' })).toThrow(
      'kubeconfig: expected a file that can be read at /nowhere/kubeconfig, found ENOENT',
    );
  });
});

describe('what the server refuses', () => {
  test('a missing permission is named', async () => {
    const { url } = await server(
      json(403, {
        reason: 'Forbidden',
        message:
          'deployments.apps "web" is forbidden: User "sam" cannot get resource "deployments" in API group "apps" in the namespace "shop"',
      }),
    );
    const error = await failure(read(connected(url), WEB));
    expect(error.message).toContain(
      'Deployment shop/web: forbidden: ask for the permission to get deployments.apps in namespace shop',
    );
    expect(error.message).toContain('"sam"');
  });

  test('a kind without its CRD is told as such, and find takes it as absent', async () => {
    const { url } = await server(json(404, { message: 'not found' }));
    const ref = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'a', namespace: 'shop' };
    expect((await failure(read(connected(url), ref))).message).toContain(
      'serves no such kind in example.com/v1',
    );
    expect(await find(connected(url), ref)).toBeUndefined();
  });

  test.each(['', '.', '..', 'a/b'])('the name "%s" never becomes a path', async (name) => {
    const { url, requests } = await server(ok);
    expect((await failure(read(connected(url), { ...WEB, name }))).reason).toBe('BadName');
    expect(requests).toHaveLength(0);
  });
});

describe('a list of several pages', () => {
  const page = (names: string[], next?: string): Step =>
    json(200, {
      metadata: { resourceVersion: '9', continue: next },
      items: names.map((name) => ({ metadata: { name } })),
    });
  const selection = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' };

  test('is read to its end', async () => {
    const { url, requests } = await server(page(['a', 'b'], 'more'), page(['c']));
    const { items, resourceVersion } = await list(connected(url), selection);
    expect([items.map(({ metadata }) => metadata.name), resourceVersion]).toEqual([['a', 'b', 'c'], '9']);
    expect(requests[1]).toContain('continue=more');
  });

  test('is read anew when it has expired half way', async () => {
    const { url } = await server(
      page(['a'], 'more'),
      json(410, { reason: 'Expired' }),
      page(['b'], 'more'),
      page(['c']),
    );
    expect((await list(connected(url), selection)).items.map(({ metadata }) => metadata.name)).toEqual([
      'b',
      'c',
    ]);
  });
});
