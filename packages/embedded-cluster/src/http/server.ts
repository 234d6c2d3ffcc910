import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Issued, issueCertificates } from '../certificates.ts';
import type { Api } from '../machinery/api.ts';
import { StatusError } from '../status.ts';
import { type Answer, drop, errorAnswer } from './answer.ts';
import { answer, type Call } from './routes.ts';

/**
 * Sees a request before the server does. Returns what `next` returned, an answer of its own, or 'drop' to close
 * the connection: before calling `next` the request has no effect then, after it the effect's answer is lost.
 */
export type Interceptor = (
  call: Call,
  next: () => Promise<Answer>,
) => Promise<Answer | typeof drop> | Answer | typeof drop;

export interface Listening {
  /** `https://127.0.0.1:PORT` */
  url: string;
  certificates: Issued;
  intercept(interceptor: Interceptor): () => void;
  close(): Promise<void>;
}

export async function listen(api: Api, port: number): Promise<Listening> {
  const certificates = issueCertificates();
  const interceptors: Interceptor[] = [];
  let address = '';

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await read(request);
    const chain = [...interceptors];
    const next = async (index: number): Promise<Answer | typeof drop> => {
      const interceptor = chain[index];
      if (!interceptor) return authorized(request) ? answer(api, call, address) : errorAnswer(unauthorized());
      return interceptor(call, async () => {
        const result = await next(index + 1);
        if (result === drop) throw dropped;
        return result;
      });
    };
    let result: Answer | typeof drop;
    try {
      result = await next(0);
    } catch (error) {
      result = error === dropped ? drop : errorAnswer(error);
    }
    if (result === drop) {
      request.socket.destroy();
      return;
    }
    send(request, response, result);
  };

  const server: Server = createServer(
    {
      key: certificates.server.key,
      cert: certificates.server.certificate,
      ca: certificates.authority,
      requestCert: true,
      rejectUnauthorized: false,
      // Idle connections stay open: closing one races with the client's next request on it.
      keepAliveTimeout: 0,
      requestTimeout: 0,
    },
    (request, response) => {
      respond(request, response).catch(() => request.socket.destroy());
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `https://${address}`,
    certificates,
    intercept(interceptor) {
      interceptors.push(interceptor);
      return () => {
        const at = interceptors.indexOf(interceptor);
        if (at >= 0) interceptors.splice(at, 1);
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const dropped = new Error('the connection was dropped by an interceptor');

async function read(request: IncomingMessage): Promise<Call> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  const url = new URL(request.url ?? '/', 'https://embedded');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: bytes.toString(),
    bytes,
  };
}

/** A certificate of our authority: no other credentials are known here. */
function authorized(request: IncomingMessage): boolean {
  return (request.socket as TLSSocket).authorized;
}

function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body, stream }: Answer,
): void {
  const head: Record<string, string | string[]> = { 'cache-control': 'no-cache, private', ...headers };
  if (stream) {
    response.writeHead(status, head);
    stream(response);
    return;
  }
  if (!head['content-type']) head['content-type'] = 'application/json';
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const bytes = Buffer.from(text);
  head['content-length'] = String(bytes.length);
  response.writeHead(status, head);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
