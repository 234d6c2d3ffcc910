import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { callRunner, readMetadata } from './call.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

let close: (() => void) | undefined;
afterEach(() => close?.());

async function runner(answer: (seen: Seen, response: ServerResponse, count: number) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      answer(seen.at(-1)!, response, seen.length);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as { port: number };
  const call = (
    verb: 'install' | 'uninstall' | 'sleep' | 'resume',
    metadata: Record<string, unknown> = {},
    signal = new AbortController().signal,
  ) => callRunner({ url: `http://127.0.0.1:${port}`, verb, metadata, signal });
  return { seen, call };
}

const answering = (status: number, body: string | Buffer = '', headers: Record<string, string> = {}) =>
  runner((_, response) => response.writeHead(status, headers).end(body));

describe('the wire', () => {
  test('a call is a POST of the metadata as JSON, as the Go client sends it', async () => {
    const { seen, call } = await answering(201);
    await call('install', { a: 1 });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/install', body: '{"a":1}' });
    expect(seen[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '7',
      'accept-encoding': 'gzip',
    });
  });

  test.each([
    ['install', 201],
    ['sleep', 200],
    ['resume', 200],
  ] as const)('%s succeeds with %i and a new metadata object', async (verb, status) => {
    const { call } = await answering(status, '{"kept":true}');
    expect(await call(verb)).toEqual({ outcome: 'done', status, metadata: { kept: true } });
  });

  test('uninstall succeeds with 204 only', async () => {
    expect(await (await answering(204)).call('uninstall')).toEqual({ outcome: 'done', status: 204 });
    close?.();
    expect(await (await answering(200, '{}')).call('uninstall')).toMatchObject({
      outcome: 'refused',
      status: 200,
    });
  });

  test.each(['', '{}', 'null', '  '])('the body %j keeps the old metadata', async (body) => {
    expect(await (await answering(200, body)).call('sleep')).toEqual({ outcome: 'done', status: 200 });
  });

  test.each(['[]', '"text"', '7', 'not json', '{"a":1e999}'])(
    'the body %j of a success is a failure',
    async (body) => {
      expect(await (await answering(200, body)).call('sleep')).toMatchObject({
        outcome: 'refused',
        status: 200,
      });
    },
  );

  test('the text of a 400 is shown in one line, of at most 700 bytes', async () => {
    const { call } = await answering(400, `first\n\tsecond ${'x'.repeat(2000)}`);
    const answer = await call('install');
    expect(answer).toMatchObject({
      outcome: 'refused',
      status: 400,
      text: expect.stringMatching(/^first second x+…$/),
    });
    expect(Buffer.byteLength((answer as { text: string }).text)).toBeLessThanOrEqual(700);
  });

  test.each([200, 202, 302, 401, 404, 500, 503])(
    '%i to install is a failure whose body stays hidden',
    async (status) => {
      const { call } = await answering(status, 'a secret', { location: '/elsewhere' });
      const answer = await call('install');
      expect(answer).toMatchObject({ outcome: 'refused', status });
      expect((answer as { text: string }).text).not.toContain('a secret');
    },
  );

  test('a gzipped answer is read', async () => {
    const { call } = await answering(200, gzipSync('{"a":1}'), { 'content-encoding': 'gzip' });
    expect(await call('sleep')).toMatchObject({ metadata: { a: 1 } });
  });

  test('307 is followed with the same method and body', async () => {
    const { seen, call } = await runner((_, response, count) =>
      count < 4
        ? response.writeHead(307, { location: `/install?draw=${count}` }).end()
        : response.writeHead(201).end('{"a":1}'),
    );
    expect(await call('install', { b: 2 })).toMatchObject({ outcome: 'done', metadata: { a: 1 } });
    expect(seen.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'POST /install {"b":2}',
      'POST /install?draw=1 {"b":2}',
      'POST /install?draw=2 {"b":2}',
      'POST /install?draw=3 {"b":2}',
    ]);
  });

  test('ten redirects are enough', async () => {
    const { seen, call } = await answering(307, '', { location: '/install' });
    expect(await call('install')).toMatchObject({
      outcome: 'refused',
      text: expect.stringContaining('redirected 10 times'),
    });
    expect(seen).toHaveLength(10);
  });

  test('a redirect to another server is not followed: metadata is for the runner', async () => {
    const { call } = await answering(307, '', { location: 'http://127.0.0.1:1/install' });
    expect(await call('install')).toMatchObject({
      outcome: 'refused',
      text: expect.stringContaining('another server'),
    });
  });

  test('a dropped connection, a refused one and an ended call are lost', async () => {
    const { call } = await runner((_, response) => response.destroy());
    expect(await call('install')).toMatchObject({
      outcome: 'lost',
      text: expect.stringContaining('dropped the connection'),
    });
    close?.();
    expect(await call('install')).toMatchObject({
      outcome: 'lost',
      text: expect.stringContaining('does not listen'),
    });
    const hanging = await runner(() => {});
    const ended = new AbortController();
    setTimeout(() => ended.abort(), 20);
    expect(await hanging.call('install', {}, ended.signal)).toMatchObject({ outcome: 'lost' });
  });

  test('numbers pass through float64 and lone surrogates become U+FFFD', () => {
    expect(readMetadata('{"n":9007199254740993,"s":"\\ud800x\\\\ud800","ok":"\\ud83d\\ude00"}')).toEqual({
      n: 9007199254740992,
      s: '\ufffdx\\ud800',
      ok: '😀',
    });
    expect(Object.keys(readMetadata('{"__proto__":{"a":1}}') as object)).toEqual(['__proto__']);
    expect(readMetadata('['.repeat(100_000))).toEqual(expect.stringContaining('JSON'));
  });
});
