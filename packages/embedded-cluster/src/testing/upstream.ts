import type { IncomingMessage } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Access } from './kubeconfig.ts';

/** What came as JSON: its fields are known to whoever asked. */
// biome-ignore lint/suspicious/noExplicitAny: as in KubeObject.
export type Json = Record<string, any>;

export interface Upstream {
  /** Sends one request; the answer's body is still to be read. */
  send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Buffer | string,
  ): Promise<IncomingMessage>;
  /** Sends one request with a JSON body and reads the answer as JSON. */
  json(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  close(): void;
}

/** Connections by whom and where they lead to: a suite opens hundreds of ways to one cluster. */
const shared = new Map<string, { agent: HttpAgent; users: number }>();

function share({ server, ca, cert, key, insecure }: Access): { agent: HttpAgent; release(): void } {
  const name = [server.href, insecure, ca, cert, key].join('\n');
  const entry = shared.get(name) ?? {
    agent:
      server.protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true, ca, cert, key, rejectUnauthorized: !insecure })
        : new HttpAgent({ keepAlive: true }),
    users: 0,
  };
  entry.users++;
  shared.set(name, entry);
  let released = false;
  return {
    agent: entry.agent,
    release() {
      if (released) return;
      released = true;
      entry.users--;
      if (entry.users > 0) return;
      shared.delete(name);
      entry.agent.destroy();
    },
  };
}

/** The cluster behind a kubeconfig, over connections that stay open and are shared. */
export function upstream(access: Access): Upstream {
  const secure = access.server.protocol === 'https:';
  const { agent, release } = share(access);
  const send: Upstream['send'] = (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      const { token } = access;
      const call = (secure ? httpsRequest : httpRequest)(new URL(path, access.server), {
        method,
        agent,
        headers: {
          ...headers,
          // Node gives the body of a DELETE no length of its own accord.
          ...(body.length > 0 && !headers['transfer-encoding']
            ? { 'content-length': String(Buffer.byteLength(body)) }
            : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
      });
      call.on('response', resolve);
      call.on('error', reject);
      call.end(body);
    });
  return {
    send,
    async json(method, path, body) {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await send(
        method,
        path,
        headers as Record<string, string>,
        body === undefined ? '' : JSON.stringify(body),
      );
      response.setEncoding('utf8');
      let text = '';
      for await (const part of response) text += part;
      return { status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : { text } };
    },
    close: release,
  };
}
