import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type OperatorClient, operatorClient } from './client.ts';

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/** A runner that answers the n-th call (from 0) as it is told. */
async function against(
  answer: (count: number, response: ServerResponse, request: IncomingMessage, body: string) => void,
): Promise<OperatorClient> {
  let count = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    answer(count++, response, request, body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = operatorClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  ended.push(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

test('sends what was returned last, and nothing at first', async () => {
  const bodies: string[] = [];
  const operator = await against((_count, response, request, body) => {
    bodies.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(request.url === '/install' ? 201 : 200).end('{"b":"<","a":1}');
  });
  await operator.call('install');
  await operator.call('sleep');
  expect(bodies).toEqual(['POST /install {}', 'POST /sleep {"a":1,"b":"\\u003c"}']);
});

test('keeps the old metadata when an answer is empty, {}, null, an error or another code', async () => {
  const answers = [
    [200, ''],
    [200, '{}'],
    [200, 'null'],
    [400, '{"a":"of an error"}'],
    [201, '{"a":"of the wrong code"}'],
    [500, '{"a":"of an error"}'],
  ] as const;
  const operator = await against((count, response) => {
    const [status, text] = count === 0 ? ([201, '{"a":1}'] as const) : answers[count - 1]!;
    response.writeHead(status).end(text);
  });
  await operator.call('install');
  for (const [status] of answers) {
    expect((await operator.call('sleep')).status).toBe(status);
    expect(operator.metadata).toEqual({ a: 1 });
  }
});

test('follows a 307 with the same body, ten times at most', async () => {
  const bodies: string[] = [];
  const operator = await against((count, response, _request, body) => {
    bodies.push(body);
    if (count === 1) response.writeHead(201).end('{"a":1}');
    else response.writeHead(307, { location: `/install?draw=${count}` }).end();
  });
  expect(await operator.call('install')).toMatchObject({ status: 201, redirects: ['/install?draw=0'] });
  const answer = await operator.call('install');
  expect(answer).toMatchObject({ status: 307 });
  expect(answer.redirects).toHaveLength(10);
  expect(new Set(bodies.slice(2))).toEqual(new Set(['{"a":1}']));
});
