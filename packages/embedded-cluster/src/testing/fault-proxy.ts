import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { accessOf } from './kubeconfig.ts';
import { upstream } from './upstream.ts';

export interface RecordedCall {
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  /** Parsed where it is JSON; undefined when there was none. */
  body: unknown;
  headers: Record<string, string>;
  /** What the cluster answered; undefined as long as it has not, or was never asked. */
  status: number | undefined;
}

/** What happens to a call instead of, or after, reaching the cluster. */
export type Fault =
  /** The cluster never sees it; this is answered. `retryAfter` in seconds. */
  | { kind: 'status'; status: number; message?: string; retryAfter?: number }
  /** The cluster never sees it, and nothing is answered. */
  | { kind: 'hang' }
  /** The connection is reset and the cluster never sees it. */
  | { kind: 'reset-before' }
  /** The cluster does it; then the connection is reset: the answer is lost. */
  | { kind: 'reset-after' }
  /** The cluster does it; the answer ends in the middle. */
  | { kind: 'truncate' };

export interface FaultRule {
  /** Which calls; all of them when left out. */
  when?: (call: RecordedCall) => boolean;
  fault: Fault;
  /** How many of them; all when left out. */
  times?: number;
}

export interface FaultProxy {
  /** Text of a kubeconfig that leads through the proxy: plain HTTP on 127.0.0.1, no certificate. */
  kubeconfig: string;
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Every call so far, in the order of arrival. */
  readonly calls: readonly RecordedCall[];
  /** Those of them that may change something. */
  readonly writes: readonly RecordedCall[];
  /** Adds a rule. Returns how to take it away. Of several that fit, the first added counts. */
  inject(rule: FaultRule): () => void;
  /**
   * The client's host dies: after the n-th write from now has had its effect, its answer and every later call are
   * reset. 0: everything is reset from now on.
   *
   * @returns that write, once the client is dead; undefined at once for 0; pending for ever when there are not so many
   */
  dieAfterWrites(count: number): Promise<RecordedCall | undefined>;
  /** Forgets rules, recorded calls and death. */
  reset(): void;
  stop(): Promise<void>;
}

const isWrite = ({ method, query }: RecordedCall): boolean =>
  method !== 'GET' && method !== 'HEAD' && query.dryRun === undefined;

/** Puts an HTTP proxy in front of the cluster of a kubeconfig; without rules it only passes on and records. */
export async function faultProxy(kubeconfig: string): Promise<FaultProxy> {
  const cluster = upstream(accessOf(kubeconfig));
  let calls: RecordedCall[] = [];
  let rules: FaultRule[] = [];
  let writesLeft = Number.POSITIVE_INFINITY;
  let died: (last: RecordedCall) => void = () => {};
  const sockets = new Set<Socket>();

  const faultOf = (call: RecordedCall): Fault | undefined => {
    if (writesLeft <= 0) return { kind: 'reset-before' };
    if (isWrite(call) && Number.isFinite(writesLeft)) {
      writesLeft--;
      if (writesLeft === 0) return { kind: 'reset-after' };
    }
    const rule = rules.find(({ when, times }) => (times ?? 1) > 0 && (when?.(call) ?? true));
    if (rule?.times !== undefined) rule.times--;
    return rule?.fault;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const call = recorded(request, body);
    calls.push(call);
    const fault = faultOf(call);
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'reset-before':
        request.socket.resetAndDestroy();
        return;
      case 'status': {
        const headers: Record<string, string> = { 'content-type': 'application/json' };
        if (fault.retryAfter !== undefined) headers['retry-after'] = String(fault.retryAfter);
        response.writeHead(fault.status, headers);
        response.end(JSON.stringify(statusBody(fault)));
        return;
      }
    }
    const { host: _host, connection: _connection, authorization: _authorization, ...headers } = call.headers;
    const answer = await cluster.send(call.method, request.url ?? '/', headers, body);
    call.status = answer.statusCode;
    if (fault?.kind === 'reset-after') {
      // Read to its end first: then the cluster has done it. A watch has no end.
      if (call.query.watch) answer.destroy();
      else for await (const _ of answer);
      if (writesLeft <= 0 && isWrite(call)) for (const socket of sockets) socket.resetAndDestroy();
      else request.socket.resetAndDestroy();
      if (writesLeft <= 0) died(call);
      return;
    }
    const { connection: _c, 'transfer-encoding': _t, ...answerHeaders } = answer.headers;
    if (fault?.kind === 'truncate') {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const whole = Buffer.concat(chunks);
      response.writeHead(answer.statusCode ?? 502, {
        ...answerHeaders,
        'content-length': String(whole.length),
      });
      response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => request.socket.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answerHeaders);
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => request.socket.destroy());
    response.on('close', () => answer.destroy());
  };

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    kubeconfig: plainKubeconfig(url),
    get calls() {
      return calls;
    },
    get writes() {
      return calls.filter(isWrite);
    },
    inject(rule) {
      const own = { ...rule };
      rules.push(own);
      return () => {
        rules = rules.filter((each) => each !== own);
      };
    },
    async dieAfterWrites(count) {
      writesLeft = count;
      if (count > 0) {
        return new Promise((resolve) => {
          died = resolve;
        });
      }
      // What is under way (a watch, a hanging call) dies with the host.
      for (const socket of sockets) socket.resetAndDestroy();
      return undefined;
    },
    reset() {
      calls = [];
      rules = [];
      writesLeft = Number.POSITIVE_INFINITY;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        cluster.close();
        server.close(() => resolve());
      }),
  };
}

function recorded(request: IncomingMessage, body: Buffer): RecordedCall {
  const url = new URL(request.url ?? '/', 'http://proxy');
  const text = body.toString();
  let parsed: unknown = text === '' ? undefined : text;
  try {
    if (text !== '') parsed = JSON.parse(text);
  } catch {
    // Some bodies are YAML: they are recorded as text.
  }
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: parsed,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    status: undefined,
  };
}

function statusBody({ status, message, retryAfter }: Extract<Fault, { kind: 'status' }>): object {
  const reasons: Record<number, string> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    410: 'Expired',
    429: 'TooManyRequests',
    500: 'InternalError',
    503: 'ServiceUnavailable',
    504: 'Timeout',
  };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: message ?? `injected fault: ${status}`,
    ...(reasons[status] ? { reason: reasons[status] } : {}),
    ...(retryAfter === undefined ? {} : { details: { retryAfterSeconds: retryAfter } }),
    code: status,
  };
}

/** A user with a token, since clients may refuse one with nothing; the proxy drops it. */
function plainKubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: proxy
  cluster:
    server: ${server}
users:
- name: proxy
  user:
    token: proxy
contexts:
- name: proxy
  context:
    cluster: proxy
    user: proxy
current-context: proxy
`;
}
