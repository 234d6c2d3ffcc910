import http from 'node:http';
import https from 'node:https';
import { ResponseContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import { KubeError } from './error.ts';
import { type Access, access, type KubeconfigSource, readKubeconfig } from './kubeconfig.ts';
import { type Redactor, redactor } from './redact.ts';
import { backoff, type Limits, retryAfter, sleepFor } from './retry.ts';
import { ServerClock } from './server-clock.ts';

/** One request as it goes out. `path` is below the server's own path and holds the query. */
export interface Outgoing {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** False when doing it twice does harm: then it is sent again only when it surely was not done. */
  repeatable: boolean;
}

/** An answer, whatever its status. */
export class Answer extends ResponseContext {
  /** An earlier attempt may have taken effect: its answer was lost. */
  readonly uncertain: boolean;

  constructor(status: number, headers: Record<string, string>, text: string, uncertain: boolean) {
    super(status, headers, {
      text: async () => text,
      binary: async () => Buffer.from(text),
      stream: () => null,
    });
    this.uncertain = uncertain;
  }
}

/** HTTP to one API server over connections that are kept. */
export interface Transport {
  send(request: Outgoing, limits: Limits): Promise<Answer>;
  /** Opens an endless answer (a watch); one attempt, its timeout counts until the headers arrive. */
  open(request: Outgoing, limits: Limits): Promise<http.IncomingMessage>;
  /** The namespace that the kubeconfig names; `default` otherwise. */
  namespace(): Promise<string>;
  clock: Pick<ServerClock, 'now'>;
  redact: Redactor;
  close(): void;
}

/** @throws KubeError `Kubeconfig` at once when the kubeconfig cannot be used */
export function createTransport(source: KubeconfigSource): Transport {
  readKubeconfig(source);
  let known: Access | undefined;
  let opening: Promise<Access> | undefined;
  const reach = (): Promise<Access> => {
    opening ??= access(source).then(
      (made) => {
        known = made;
        return made;
      },
      (error) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };
  const redact = redactor(() => known?.secrets() ?? []);
  const clock = new ServerClock();

  return {
    clock,
    redact,
    async send(request, limits) {
      const to = await reach();
      const noAnswerUntil = limits.deadline ?? Date.now() + 30_000;
      let uncertain = false;
      let refreshed = false;
      for (let attempt = 1; ; attempt++) {
        limits.signal?.throwIfAborted();
        if (Date.now() >= noAnswerUntil) {
          throw noAnswer(request, new Error('its deadline has passed'), redact, uncertain);
        }
        const outcome = await once(to, request, limits, noAnswerUntil, attempt, clock);
        // The attempt that was under way when the signal came counts for nothing.
        limits.signal?.throwIfAborted();

        let wait = 0;
        let stale = false;
        if ('status' in outcome) {
          if (outcome.status === 401 && !refreshed) {
            refreshed = true;
            if (to.refresh()) continue;
          }
          if (!isTransient(outcome.status))
            return new Answer(outcome.status, outcome.headers, outcome.text, uncertain);
          // 429 is said before anything is done; any 5xx may come after it.
          if (outcome.status !== 429) {
            if (!request.repeatable) return new Answer(outcome.status, outcome.headers, outcome.text, true);
            uncertain = true;
          }
          wait = retryAfter(outcome.headers['retry-after']) ?? 0;
        } else {
          if (outcome.permanent) throw noAnswer(request, outcome.error, redact, uncertain);
          if (outcome.sent) {
            uncertain = true;
            if (!request.repeatable) throw noAnswer(request, outcome.error, redact, uncertain);
          }
          // An idle connection that the server had closed: a new one is there to be had at once.
          stale = outcome.stale;
        }

        // `Retry-After: 0` is what a server under load may well say, and no reason to come again as fast as possible.
        const pause = stale ? 0 : Math.max(backoff(attempt), wait + Math.random() * 250);
        if (Date.now() + pause >= noAnswerUntil) {
          if ('status' in outcome)
            return new Answer(outcome.status, outcome.headers, outcome.text, uncertain);
          throw noAnswer(request, outcome.error, redact, uncertain);
        }
        limits.log?.(
          {
            method: request.method,
            path: request.path,
            attempt,
            pause: Math.round(pause),
            ...('status' in outcome ? { status: outcome.status } : { error: redact(outcome.error.message) }),
          },
          'kubernetes call is repeated',
        );
        await sleepFor(pause, limits.signal);
      }
    },
    async open(request, limits) {
      const to = await reach();
      limits.signal?.throwIfAborted();
      return await openStream(to, request, limits, redact);
    },
    async namespace() {
      return (await reach()).namespace;
    },
    close() {
      known?.agent.destroy();
      known?.streams.destroy();
    },
  };
}

type Outcome =
  | { status: number; headers: Record<string, string>; text: string }
  | {
      error: Error;
      /** The request, or a part of it, may have reached the server. */
      sent: boolean;
      /** It failed on a connection from before. */
      stale: boolean;
      /** Trying again does not help: a certificate that does not verify. */
      permanent: boolean;
    };

async function once(
  to: Access,
  request: Outgoing,
  limits: Limits,
  until: number,
  attempt: number,
  clock: ServerClock,
): Promise<Outcome> {
  const started = performance.now();
  const sent = Date.now();
  const timeout = Math.max(1, Math.min(limits.timeout, until - Date.now()));
  const outcome = await new Promise<Outcome>((resolve) => {
    let connected = false;
    const message = start(to, request);
    const timer = setTimeout(() => {
      message.destroy(new Error(`no answer within ${Math.round(timeout)} ms`));
    }, timeout);
    const abort = (): void => {
      message.destroy(new Error('aborted'));
    };
    limits.signal?.addEventListener('abort', abort, { once: true });
    const settle = (result: Outcome): void => {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', abort);
      resolve(result);
    };
    const fail = (error: Error): void => {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      settle({
        error,
        sent: connected || message.reusedSocket,
        stale: message.reusedSocket && attempt === 1 && (code === 'ECONNRESET' || code === 'EPIPE'),
        permanent: isCertificate(code),
      });
    };
    message.on('socket', (socket) => {
      const event = to.server.protocol === 'https:' ? 'secureConnect' : 'connect';
      if (message.reusedSocket || !socket.connecting) connected = true;
      else
        socket.once(event, () => {
          connected = true;
        });
    });
    message.on('error', fail);
    message.on('response', (response) => {
      clock.learn(response.headers.date, sent, Date.now());
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A body that ends early comes as an error here (ECONNRESET).
      response.on('error', fail);
      response.on('end', () => {
        settle({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    message.end(request.body);
  });
  limits.onCall?.({
    method: request.method,
    path: request.path,
    status: 'status' in outcome ? outcome.status : 0,
    ms: Math.round((performance.now() - started) * 10) / 10,
    attempt,
  });
  return outcome;
}

function start(to: Access, request: Outgoing, agent = to.agent): http.ClientRequest {
  const { protocol, hostname, port, pathname } = to.server;
  const length: Record<string, string> =
    request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
  return (protocol === 'http:' ? http : https).request({
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port || (protocol === 'http:' ? 80 : 443),
    path: pathname.replace(/\/$/, '') + request.path,
    method: request.method,
    agent,
    headers: { ...request.headers, ...length, ...to.headers() },
  });
}

function openStream(
  to: Access,
  request: Outgoing,
  limits: Limits,
  redact: Redactor,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const message = start(to, request, to.streams);
    const timer = setTimeout(
      () => message.destroy(new Error(`no answer within ${limits.timeout} ms`)),
      limits.timeout,
    );
    const abort = (): void => {
      message.destroy(new Error('aborted'));
    };
    limits.signal?.addEventListener('abort', abort, { once: true });
    message.on('close', () => {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', abort);
    });
    message.on('error', (error) =>
      reject(limits.signal?.aborted ? limits.signal.reason : noAnswer(request, error, redact, false)),
    );
    message.on('response', (response) => {
      clearTimeout(timer);
      limits.onCall?.({
        method: request.method,
        path: request.path,
        status: response.statusCode ?? 0,
        ms: Math.round((performance.now() - started) * 10) / 10,
        attempt: 1,
      });
      if (response.statusCode === 401) to.refresh();
      // A drop is told by the reader's iteration; without this it would end the process.
      response.on('error', () => {});
      resolve(response);
    });
    message.end();
  });
}

function isTransient(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** OpenSSL's and Node's own codes for a certificate that does not verify. */
function isCertificate(code: string): boolean {
  return /CERT|ERR_TLS|ERR_SSL|UNABLE_TO|ERR_OSSL/.test(code);
}

function noAnswer(request: Outgoing, error: Error, redact: Redactor, uncertain: boolean): KubeError {
  const path = request.path.replace(/\?.*/, '');
  return new KubeError(
    redact(`${request.method} ${path}: no answer from the API server (${error.message})`),
    {
      reason: 'NoAnswer',
      uncertain,
      cause: error,
    },
  );
}
