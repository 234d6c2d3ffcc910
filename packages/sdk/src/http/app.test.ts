import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Call, Executor, HealthWord, Identity, Outcome, Running } from '../call/call.ts';
import type { Log } from '../define-module.ts';
import type { Times } from '../times.ts';
import { httpApp } from './app.ts';
import { httpServer } from './server.ts';

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
const VERBS = ['install', 'uninstall', 'sleep', 'resume'];
const opened: Server[] = [];

afterEach(() => {
  for (const server of opened.splice(0)) server.close().closeAllConnections();
});

/** Answers every verb at once with the metadata that came, unless told otherwise. */
function executorOf(
  outcome: (call: Call) => Promise<Outcome> | Outcome = ({ metadata }) => ({ done: true, metadata }),
  health?: () => HealthWord,
  identity?: Identity,
): Executor & { calls: Call[]; told: string[] } {
  const calls: Call[] = [];
  const told: string[] = [];
  return {
    calls,
    told,
    start(call): Running {
      calls.push(call);
      const killed = Promise.withResolvers<Outcome>();
      return {
        outcome: Promise.race([Promise.resolve(outcome(call)), killed.promise]),
        identity: Promise.resolve(identity),
        abort: (why) => void told.push(`abort: ${why}`),
        kill(why) {
          told.push(`kill: ${why}`);
          killed.resolve({ done: false, text: why });
        },
      };
    },
    health: async () => health?.(),
    stop: async () => {},
  };
}

async function listening(
  executor: Executor,
  { times = {}, instance }: { times?: Partial<Times>; instance?: string } = {},
) {
  const { app, stop } = httpApp({
    name: 'hello',
    executor,
    log: SILENT,
    times: { pause: 20, ...times },
    ...(instance === undefined ? {} : { instance }),
  });
  const server = httpServer(app);
  opened.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { port, stop, call: (path: string, given?: Given) => call(port, path, given) };
}

interface Given {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function call(
  port: number,
  path: string,
  { method = 'POST', headers = {}, body }: Given = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends bytes as they are and gives back what came until the end. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

const json = (value: unknown): Given => ({
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

describe('the codes of the contract', () => {
  test('install is 201, sleep and resume 200 with the metadata, uninstall 204 without a body', async () => {
    const { call } = await listening(executorOf());
    for (const [verb, status] of [
      ['install', 201],
      ['sleep', 200],
      ['resume', 200],
    ] as const) {
      const answer = await call(`/${verb}`, json({ a: 1 }));
      expect(answer).toMatchObject({ status, text: '{"a":1}' });
      expect(answer.headers['content-type']).toBe('application/json');
    }
    expect(await call('/uninstall', json({ a: 1 }))).toMatchObject({ status: 204, text: '' });
  });

  test('a verb that fails is 400 with one line of text', async () => {
    const { call } = await listening(executorOf(() => ({ done: false, text: `a\nb ${'x'.repeat(2000)}` })));
    for (const verb of VERBS) {
      const answer = await call(`/${verb}`);
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.text).toMatch(/^a b x+…$/);
      expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(700);
    }
  });

  test('every answer closes its connection and tells neither ETag nor what it is made with', async () => {
    const { call } = await listening(executorOf());
    const answers = await Promise.all([
      call('/health', { method: 'GET' }),
      call('/sleep'),
      call('/nowhere'),
      call('/sleep', { method: 'GET' }),
      call('/sleep', { body: '[' }),
    ]);
    for (const { headers } of answers) {
      expect(headers.connection).toBe('close');
      expect(headers).not.toHaveProperty('etag');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});

describe('health', () => {
  test('has the shape of the specification, and an uptime that grows', async () => {
    const { call } = await listening(executorOf());
    const [first, second] = [
      await call('/health', { method: 'GET' }),
      await call('/health', { method: 'GET' }),
    ].map(({ text }) => JSON.parse(text));
    expect(first).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      uptime: expect.any(Number),
      message: 'Service is running',
      healthy: true,
    });
    expect(second.uptime).toBeGreaterThan(first.uptime);
  });

  test('is 503 when the module says so, and its last word is kept when it says nothing', async () => {
    let word: HealthWord | undefined = { healthy: false, message: 'no database' };
    const executor = executorOf();
    executor.health = async () => word;
    const { call } = await listening(executor);
    const answer = await call('/health', { method: 'GET' });
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ healthy: false, message: 'no database' });
    word = undefined;
    expect((await call('/health', { method: 'GET' })).status).toBe(503);
  });

  test('answers while a verb runs, and HEAD without a body', async () => {
    const { call } = await listening(executorOf(() => new Promise(() => {})));
    void call('/sleep').catch(() => {});
    expect((await call('/health', { method: 'GET' })).status).toBe(200);
    expect(await call('/health', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });
});

describe('what else is asked', () => {
  test.each([
    ['GET', '/', 404],
    ['POST', '/Install', 404],
    ['POST', '/install/', 404],
    ['POST', '/metrics', 404],
    ['POST', '/%ff', 404],
    ['GET', '/install', 405],
    ['HEAD', '/install', 405],
    ['PUT', '/sleep', 405],
    ['OPTIONS', '/sleep', 405],
    ['POST', '/health', 405],
  ])('%s %s is %i as text', async (method, path, status) => {
    const { call } = await listening(executorOf());
    const answer = await call(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    if (method !== 'HEAD') expect(answer.text).toMatch(/^expected .*, found /);
    if (status === 405) expect(answer.headers.allow).toBe(path === '/health' ? 'GET, HEAD' : 'POST');
  });

  test.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('a body of type %s %o is 415', async (type, headers) => {
    const executor = executorOf();
    const { call } = await listening(executor);
    const answer = await call('/sleep', { body: '{}', headers: { 'content-type': type, ...headers } });
    expect(answer).toMatchObject({
      status: 415,
      text: expect.stringMatching(/^hello sleep: expected .*, found /),
    });
    expect(executor.calls).toHaveLength(0);
  });

  test('what is no HTTP is answered in text, too', async () => {
    const { port } = await listening(executorOf());
    expect(await raw(port, 'nonsense\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/plain[\s\S]*Connection: close\r\n\r\nexpected an HTTP request/,
    );
    const huge = `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`;
    expect(await raw(port, huge)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*\r\n\r\nexpected headers of at most 32 KiB/,
    );
    expect(await raw(port, 'CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 405 [\s\S]*found CONNECT a:1$/,
    );
    expect(await raw(port, 'GET /health HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    expect(await raw(port, 'POST /sleep HTTP/1.1\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*expected a Host header/,
    );
  });
});

describe('callers that do not behave', () => {
  const sleep = 'POST /sleep HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}';

  test('a second call sent along on the same connection is not done, as nobody would hear of it', async () => {
    const executor = executorOf();
    const { port } = await listening(executor);
    const answers = await raw(port, sleep + sleep.replace('sleep', 'uninstall'));
    expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200']);
    expect(executor.calls.map(({ verb }) => verb)).toEqual(['sleep']);
  });

  test.each([
    ['CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['nonsense\r\n\r\n'],
    [sleep],
    [sleep.slice(0, -1)],
  ])('one that sends %j and resets the connection ends nothing', async (bytes) => {
    const { port, call } = await listening(executorOf());
    for (let times = 0; times < 5; times++) {
      await new Promise((done) => {
        const socket = connectTcp(port, '127.0.0.1', () => {
          socket.write(bytes);
          setImmediate(() => socket.resetAndDestroy());
        });
        socket.on('error', () => {}).on('close', done);
      });
    }
    expect((await call('/health', { method: 'GET' })).status).toBe(200);
  });
});

describe('bodies', () => {
  test.each([
    ['none', {}],
    ['an empty one of another type', { body: '', headers: { 'content-type': 'text/plain' } }],
    ['{}', { body: '{}' }],
    ['null', { body: 'null' }],
    ['{} of no type', { body: '{}' }],
    [
      '{} of a type with a charset',
      { body: '{}', headers: { 'content-type': 'application/json; charset=UTF-8' } },
    ],
    ['a chunked one', { body: '{}', headers: { 'transfer-encoding': 'chunked' } }],
  ])('%s is no metadata', async (_name, given: Given) => {
    const executor = executorOf();
    const { call } = await listening(executor);
    expect(await call('/sleep', given)).toMatchObject({ status: 200, text: '{}' });
    expect(executor.calls[0]?.metadata).toEqual({});
  });

  test.each([
    ['an array', '[]', 'a list'],
    ['a string', '"x"', 'a string'],
    ['a number', '1', 'a number'],
    ['half an object', '{"a":', 'a body that does not parse'],
    ['white space', '  ', 'a body that does not parse'],
    ['two objects', '{}{}', 'a body that does not parse'],
  ])('%s is 400 and nothing is done', async (_name, body, found) => {
    const executor = executorOf();
    const { call } = await listening(executor);
    expect(await call('/sleep', { body })).toMatchObject({
      status: 400,
      text: `hello sleep: expected a JSON object of metadata as the body, found ${found}`,
    });
    expect(executor.calls).toHaveLength(0);
  });

  test('one that is too deep, or too large, is 400 and nothing is done', async () => {
    const executor = executorOf();
    const { call } = await listening(executor);
    const deep = `{"a":${'['.repeat(100_000 / 2)}${']'.repeat(100_000 / 2)}}`;
    expect(await call('/sleep', { body: deep })).toMatchObject({
      status: 400,
      text: expect.stringContaining('nested at most 100 deep'),
    });
    const large = JSON.stringify({ a: 'x'.repeat(5_000_000) });
    expect(await call('/sleep', { body: large })).toMatchObject({
      status: 400,
      text: 'hello sleep: expected a body of at most 131072 bytes, found more',
    });
    expect(executor.calls).toHaveLength(0);
  });

  test('one that does not arrive is 400 after a while', async () => {
    const { port } = await listening(executorOf(), { times: { body: 50 } });
    const answer = await raw(port, 'POST /sleep HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"a"');
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*expected the whole body within 0.05 s, found 4 bytes of it/,
    );
  });

  test('metadata makes the round trip as it is', async () => {
    const { call } = await listening(executorOf());
    const metadata =
      '{"text":"<&>\\u2028 ü 🌍","list":[1,2.5,null,true],"deep":{"a":{"b":[]}},"__proto__":{"x":1}}';
    const { text } = await call('/sleep', { body: metadata });
    expect(text).toBe(JSON.stringify(JSON.parse(metadata)));
    expect(text).toContain('"__proto__"');
  });
});

describe('one verb at a time', () => {
  function gated() {
    const gates: PromiseWithResolvers<Outcome>[] = [];
    const executor = executorOf(() => {
      const gate = Promise.withResolvers<Outcome>();
      gates.push(gate);
      return gate.promise;
    });
    return { executor, gates };
  }
  const started = (calls: unknown[], count: number) => expect.poll(() => calls.length).toBe(count);

  test('the same verb again joins the running one and gets its answer', async () => {
    const { executor, gates } = gated();
    const { call } = await listening(executor);
    const both = [call('/sleep', json({ module: 'hello', instance: 'a' })), undefined];
    await started(executor.calls, 1);
    both[1] = call('/sleep', json({ module: 'hello', instance: 'a' }));
    await new Promise((done) => setTimeout(done, 100));
    gates[0]?.resolve({ done: true, metadata: { once: true } });
    for (const answer of both) expect(await answer).toMatchObject({ status: 200, text: '{"once":true}' });
    expect(executor.calls).toHaveLength(1);
  });

  test('another verb waits for the end of the running one', async () => {
    const { executor, gates } = gated();
    const { call } = await listening(executor);
    const first = call('/sleep');
    await started(executor.calls, 1);
    const second = call('/resume');
    await new Promise((done) => setTimeout(done, 60));
    expect(executor.calls).toHaveLength(1);
    gates[0]?.resolve({ done: true, metadata: {} });
    await first;
    await started(executor.calls, 2);
    gates[1]?.resolve({ done: true, metadata: {} });
    expect((await second).status).toBe(200);
    expect(executor.calls.map(({ verb }) => verb)).toEqual(['sleep', 'resume']);
  });

  test('it waits for so long and no longer', async () => {
    const { executor } = gated();
    const { call } = await listening(executor, { times: { wait: 80 } });
    void call('/sleep').catch(() => {});
    await started(executor.calls, 1);
    expect(await call('/resume')).toMatchObject({
      status: 400,
      text: 'hello resume: expected the running sleep to end within 0.08 s, found it still running; call again later',
    });
  });

  test('uninstall makes a running install end, and ends it where it does not', async () => {
    const { executor, gates } = gated();
    const { call } = await listening(executor, { times: { grace: 40 } });
    const install = call('/install', json({ module: 'hello', instance: 'a' }));
    await started(executor.calls, 1);
    const uninstall = call('/uninstall', json({ module: 'hello', instance: 'a' }));
    expect(await install).toMatchObject({ status: 400, text: 'stopped: uninstall was called' });
    await started(executor.calls, 2);
    gates[1]?.resolve({ done: true, metadata: {} });
    expect((await uninstall).status).toBe(204);
    expect(executor.told).toEqual([
      'abort: stopped: uninstall was called',
      'kill: stopped: uninstall was called',
    ]);
  });

  test('uninstall of another instance does not', async () => {
    const { executor } = gated();
    const { call } = await listening(executor, { times: { wait: 80 } });
    void call('/install', json({ module: 'hello', instance: 'a' })).catch(() => {});
    await started(executor.calls, 1);
    expect((await call('/uninstall', json({ module: 'hello', instance: 'b' }))).status).toBe(400);
    expect(executor.told).toEqual([]);
  });

  test('a verb past its deadline is ended with 400', async () => {
    const { executor } = gated();
    const { call } = await listening(executor, { times: { deadline: 40, grace: 20 } });
    expect(await call('/sleep')).toMatchObject({
      status: 400,
      text: 'expected to end within 0.04 s, found it still running; it was stopped',
    });
  });

  test('whose call it is is looked at before it joins', async () => {
    const here = { instance: 'a', anchor: 'shop/x' };
    const executor = executorOf(() => new Promise(() => {}), undefined, here);
    const { call } = await listening(executor, { times: { wait: 60 } });
    void call('/sleep', json({ module: 'hello', ...here })).catch(() => {});
    await started(executor.calls, 1);
    for (const owner of [
      { ...here, instance: 'b' },
      { ...here, anchor: 'shop/y' },
    ]) {
      const metadata = json({ module: 'hello', ...owner });
      expect((await call('/sleep', metadata)).status).toBe(307);
      expect((await call('/sleep?draw=5', metadata)).text).toContain(
        'expected metadata of hello instance a (anchor shop/x), found',
      );
    }
    // Without metadata nobody knows whose it is: it does not join, and waits for its turn.
    expect((await call('/sleep')).text).toContain('found it still running; call again later');
  });

  test('with FORKSPACER_INSTANCE a call without metadata joins that of its instance', async () => {
    const gate = Promise.withResolvers<Outcome>();
    const executor = executorOf(() => gate.promise, undefined, { instance: 'uid', anchor: 'shop/x' });
    const { call } = await listening(executor, { instance: 'uid' });
    const first = call('/install', json({ module: 'hello', instance: 'uid', anchor: 'shop/x' }));
    await started(executor.calls, 1);
    const second = call('/install');
    await new Promise((done) => setTimeout(done, 60));
    gate.resolve({ done: true, metadata: {} });
    expect([(await first).status, (await second).status]).toEqual([201, 201]);
    expect(executor.calls).toHaveLength(1);
  });

  test('a caller that goes away stops nothing, and a repeat gets the answer', async () => {
    const { executor, gates } = gated();
    const { call, port } = await listening(executor);
    const socket = connectTcp(port, '127.0.0.1', () =>
      socket.write('POST /sleep HTTP/1.1\r\nHost: x\r\n\r\n'),
    );
    await started(executor.calls, 1);
    socket.destroy();
    const repeat = call('/sleep');
    await new Promise((done) => setTimeout(done, 60));
    gates[0]?.resolve({ done: true, metadata: { kept: 1 } });
    expect((await repeat).text).toBe('{"kept":1}');
    expect(executor.calls).toHaveLength(1);
  });

  test('told to stop, it takes no calls, lets the running one go on, and then ends it', async () => {
    const { executor } = gated();
    const { call, stop } = await listening(executor, { times: { shutdown: 60 } });
    const running = call('/sleep');
    await started(executor.calls, 1);
    const stopped = stop();
    expect(await call('/resume')).toMatchObject({
      status: 400,
      text: expect.stringContaining('shutting down'),
    });
    expect((await running).status).toBe(400);
    await stopped;
  });
});

describe('calls that may be for another runner', () => {
  const foreign = json({ module: 'postgres', instance: 'p1', anchor: 'default/x' });

  test("another module's metadata draws again up to five times, then 400 names both", async () => {
    const executor = executorOf();
    const { call } = await listening(executor);
    for (let draw = 0; draw < 5; draw++) {
      const answer = await call(draw === 0 ? '/sleep' : `/sleep?draw=${draw}`, foreign);
      expect(answer.status).toBe(307);
      expect(answer.headers.location).toBe(`/sleep?draw=${draw + 1}`);
    }
    const last = await call('/sleep?draw=5', foreign);
    expect(last.status).toBe(400);
    expect(last.text).toBe(
      'hello sleep: expected metadata of hello, found that of postgres instance p1 (anchor default/x); nothing was changed',
    );
    expect(executor.calls).toHaveLength(0);
  });

  test('a second install without metadata draws again, then is the repeat that it may be', async () => {
    const executor = executorOf();
    const { call } = await listening(executor);
    expect((await call('/install')).status).toBe(201);
    expect((await call('/install')).status).toBe(307);
    expect((await call('/install?draw=4')).status).toBe(307);
    expect((await call('/install?draw=5')).status).toBe(201);
    expect(executor.calls).toHaveLength(2);
  });

  test('with FORKSPACER_INSTANCE it is known whose it is', async () => {
    const { call } = await listening(executorOf(), { instance: 'uid-1' });
    expect((await call('/install')).status).toBe(201);
    expect((await call('/install')).status).toBe(201);
  });

  test('after a failed install, or an uninstall, the next install is a first one', async () => {
    let fails = true;
    const { call } = await listening(
      executorOf(({ metadata }) => (fails ? { done: false, text: 'no' } : { done: true, metadata })),
    );
    expect((await call('/install')).status).toBe(400);
    fails = false;
    expect((await call('/install')).status).toBe(201);
    expect((await call('/uninstall')).status).toBe(204);
    expect((await call('/install')).status).toBe(201);
  });

  test('nonsense for a count is none', async () => {
    const { call } = await listening(executorOf());
    for (const query of ['?draw=', '?draw=-1', '?draw=x', '?other=1', '?']) {
      expect((await call(`/sleep${query}`, foreign)).headers.location).toBe('/sleep?draw=1');
    }
    expect((await call('/sleep?draw=999', foreign)).status).toBe(400);
  });
});
