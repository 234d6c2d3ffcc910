import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { parse } from 'yaml';

/** How long one request may take before it counts as failed (ms). */
const REQUEST_TIMEOUT = 20_000;

/** What came as JSON, of whatever shape. */
// biome-ignore lint/suspicious/noExplicitAny: stories look at answers of every kind, and at wrong ones.
export type Json = any;

export interface Answer {
  status: number;
  contentType: string;
  warnings: string[];
  /** Parsed JSON; text when the answer is none. */
  body: Json;
}

export interface Call {
  method: string;
  /** With the query, encoded. */
  path: string;
  /** An object is sent as JSON, a string as it is. */
  body?: unknown;
  contentType?: string;
  accept?: string;
}

/**
 * HTTP as a client without any Kubernetes library would speak it, so that what is compared is the wire.
 * Takes the text of a kubeconfig with a token or a client certificate.
 */
export class Client {
  readonly #server: URL;
  readonly #agent: https.Agent;
  readonly #headers: Record<string, string>;

  constructor(kubeconfig: string) {
    const config = parse(kubeconfig);
    const named = (list: Json[], name: string) => list.find((entry) => entry.name === name);
    const { context } = named(config.contexts, config['current-context']);
    const { cluster } = named(config.clusters, context.cluster);
    const { user } = named(config.users, context.user);
    const pem = (holder: Json, field: string) =>
      holder[`${field}-data`]
        ? Buffer.from(holder[`${field}-data`], 'base64')
        : holder[field] && readFileSync(holder[field]);
    this.#server = new URL(cluster.server);
    this.#agent = new https.Agent({
      keepAlive: true,
      ca: pem(cluster, 'certificate-authority'),
      cert: pem(user, 'client-certificate'),
      key: pem(user, 'client-key'),
      rejectUnauthorized: !cluster['insecure-skip-tls-verify'],
    });
    // The server derives the default field manager from the part before the slash.
    this.#headers = {
      'user-agent': 'parity/1',
      ...(user.token ? { authorization: `Bearer ${user.token}` } : {}),
    };
  }

  /** One request and its whole answer. */
  async send(call: Call): Promise<Answer> {
    const response = await this.open(call);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    return {
      status: response.statusCode ?? 0,
      contentType: response.headers['content-type'] ?? '',
      warnings: warningsOf(response.headers.warning),
      body: asJson(text),
    };
  }

  /** One request whose answer is read line by line, as a watch is: until `signal` aborts or the server ends it. */
  async stream(call: Call, signal: AbortSignal): Promise<{ status: number; lines: AsyncIterable<string> }> {
    const response = await this.open(call, signal);
    return { status: response.statusCode ?? 0, lines: linesOf(response, signal) };
  }

  close(): void {
    this.#agent.destroy();
  }

  private open(call: Call, signal?: AbortSignal) {
    return new Promise<IncomingMessage>((resolve, reject) => {
      const body =
        call.body === undefined || typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
      const request = https.request(
        new URL(call.path, this.#server),
        {
          method: call.method,
          agent: this.#agent,
          signal,
          headers: {
            ...this.#headers,
            accept: call.accept ?? 'application/json',
            ...(body === undefined
              ? {}
              : {
                  'content-type': call.contentType ?? 'application/json',
                  'content-length': Buffer.byteLength(body),
                }),
          },
        },
        resolve,
      );
      request.setTimeout(REQUEST_TIMEOUT, () =>
        request.destroy(
          new Error(`${call.method} ${call.path}: no answer within ${REQUEST_TIMEOUT / 1000} s`),
        ),
      );
      request.on('error', reject);
      request.end(body);
    });
  }
}

async function* linesOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of response) {
      rest += chunk;
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest) yield rest;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    response.destroy();
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `299 - "text"`, several joined by commas; quotes inside are escaped. */
function warningsOf(header: unknown): string[] {
  if (typeof header !== 'string') return [];
  return [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    match[1]!.replaceAll(/\\(.)/g, '$1'),
  );
}
