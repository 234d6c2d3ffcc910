import { type IncomingHttpHeaders, request as send } from 'node:http';
import { expect } from 'vitest';
import type { Group } from '../options.ts';
import { changesOf, onStage, succeed } from '../stage.ts';
import { until } from '../until.ts';

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const BAD_BODIES: Record<string, string | Buffer> = {
  'half an object': '{"module":',
  'no JSON': 'module=hello',
  'an array': '[{}]',
  'a string': '"{}"',
  'a number': '1',
  true: 'true',
  'two objects': '{}{}',
  'a large object': `{"a":"${'x'.repeat(300_000)}"}`,
  'a huge object': `{"a":"${'x'.repeat(5_000_000)}"}`,
  'a deep object': deep(5_000),
  'a very deep object': deep(60_000),
  'bytes that are no text': Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
};
const EMPTY_BODIES = ['', '{}', 'null', ' {} \n'];

interface Reply {
  status: number;
  text: string;
  headers: IncomingHttpHeaders;
}

function ask(url: string, method: string, body: string | Buffer = '', headers = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

export const wire: Group = {
  title: 'wire',
  checks: [
    {
      title:
        'a body that is malformed, huge, deep or no object is answered 400 in one line, and nothing is done',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          for (const [what, body] of Object.entries(BAD_BODIES)) {
            for (const verb of ['install', 'uninstall']) {
              const { status, text } = await ask(`${actor.url}/${verb}`, 'POST', body, {
                'content-type': 'application/json',
              });
              expect({ what, status, text }).toEqual({
                what,
                status: 400,
                text: expect.stringMatching(/^[^\n]+$/),
              });
              expect(Buffer.byteLength(text), what).toBeLessThanOrEqual(700);
            }
          }
          expect(actor.proxy.calls, 'calls to the cluster').toEqual([]);
          await stage.expectNothingLeft();
        }),
    },
    {
      title: 'no body, {} and null are the same, with or without a Content-Type',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          for (const body of EMPTY_BODIES) {
            for (const headers of [{}, { 'content-type': 'application/json; charset=utf-8' }]) {
              const { status, text } = await ask(`${actor.url}/install`, 'POST', body, headers);
              expect({ body, status, text }).toEqual({
                body,
                status: 201,
                text: expect.stringMatching(/^\{"/),
              });
            }
          }
          await succeed(actor, 'uninstall');
          await stage.expectNothingLeft();
        }),
    },
    {
      title: 'keeps what it does not know in metadata, as Go sends it back',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          const odd = { '<a>': '&\u2028"\\', number: 1e21, nested: { list: [1, null, 'ü'] } };
          actor.operator.metadata = odd;
          await succeed(actor, 'install');
          for (const verb of ['sleep', 'resume'] as const) {
            await succeed(actor, verb);
            expect(actor.operator.metadata, verb).toMatchObject({ ...odd, module: subject.module.name });
          }
        }),
    },
    {
      title: 'other paths and methods are told apart, and nothing is done',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          for (const [method, path, status] of [
            ['GET', '/', 404],
            ['POST', '/no-such-verb', 404],
            ['GET', '/install', 405],
            ['DELETE', '/uninstall', 405],
            ['POST', '/health', 405],
          ] as const) {
            const reply = await ask(actor.url + path, method);
            expect({ method, path, status: reply.status }).toEqual({ method, path, status });
            expect(reply.headers.connection).toBe('close');
          }
          expect(actor.proxy.calls, 'calls to the cluster').toEqual([]);
        }),
    },
    {
      title: 'health is answered at once while a call is under way, and after it',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          actor.proxy.inject({ fault: { kind: 'hang' }, times: 1 });
          const call = actor.operator.call('install').catch(() => undefined);
          await until('a call to the cluster', () => actor.proxy.calls.length > 0);
          const started = performance.now();
          const { status, text } = await ask(`${actor.url}/health`, 'GET');
          expect(performance.now() - started, 'ms until health was answered').toBeLessThan(1_500);
          expect(status, text).toBe(200);
          expect(JSON.parse(text)).toEqual({
            timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
            uptime: expect.any(Number),
            message: expect.any(String),
            healthy: true,
          });
          await actor.kill();
          await call;
          expect(changesOf(actor.proxy)).toEqual([]);
        }),
    },
  ],
};
