import { setTimeout as pause } from 'node:timers/promises';
import { type Credentials, credentialsFor } from './credentials.ts';
import { RegistryError } from './registry-error.ts';

export interface HttpOptions {
  /** speak http with a registry that is not on this machine (loopback is always spoken to in http, as docker does) */
  plainHttp?: boolean;
  /** how often a call is made before its failure counts; default 6 */
  attempts?: number;
  /** the first pause between two of them, doubled each time, in ms; default 500 */
  pause?: number;
  /** what is uploaded at a time, in bytes; default 4 MiB, as some registries take no more */
  piece?: number;
  credentials?: (registry: string) => Promise<Credentials | undefined>;
}

export interface Call {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** below the registry, or a whole URL that the registry gave */
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** what the call is allowed to do, `repository:<name>:pull,push` */
  scope: string;
  /** answers other than 2xx that the caller deals with */
  expected?: number[];
  /** a call that must not be repeated blindly: the caller asks the registry how far it came */
  once?: boolean;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Uint8Array;
  /** where the call ended up, for relative locations */
  url: string;
}

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);
const TIMEOUT = 120_000;
const LONGEST_PAUSE = 20_000;

/** Speaks with one registry: authorises, repeats what failed for a moment, and tells what failed for good. */
export class RegistryHttp {
  readonly registry: string;
  readonly origin: string;
  readonly #options: HttpOptions;
  readonly #authorizations = new Map<string, string>();
  #credentials: Promise<Credentials | undefined> | undefined;

  constructor(registry: string, options: HttpOptions = {}) {
    this.registry = registry;
    this.#options = options;
    const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
    this.origin = `${isLoopback(host) || options.plainHttp ? 'http' : 'https'}://${host}`;
  }

  async call(call: Call): Promise<Answer> {
    const attempts = call.once ? 1 : (this.#options.attempts ?? 6);
    for (let attempt = 1; ; attempt++) {
      let failure: RegistryError;
      let retryAfter = 0;
      try {
        const answer = await this.#authorized(call);
        if ((answer.status >= 200 && answer.status < 300) || call.expected?.includes(answer.status))
          return answer;
        failure = new RegistryError(this.registry, call, answer.status, messageOf(answer));
        if (!TRANSIENT.has(answer.status)) throw failure;
        retryAfter = Number(answer.headers.get('retry-after')) * 1000 || 0;
      } catch (error) {
        if (error instanceof RegistryError) throw error;
        const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
        failure = new RegistryError(this.registry, call, 0, cause?.code ?? cause?.message ?? message);
      }
      if (attempt >= attempts) throw failure;
      await this.rest(attempt, retryAfter);
    }
  }

  /** The pause after the n-th failure in a row. */
  async rest(failures: number, atLeast = 0): Promise<void> {
    const step = (this.#options.pause ?? 500) * 2 ** (failures - 1);
    await pause(Math.min(LONGEST_PAUSE, Math.max(atLeast, step * (0.75 + Math.random() / 2))));
  }

  async #authorized(call: Call): Promise<Answer> {
    const url = new URL(call.path, this.origin);
    // Uploads and downloads may be sent on to a storage that has nothing to do with our credentials.
    const ours = url.origin === this.origin;
    const first = await this.#send(url, call, ours ? this.#authorizations.get(call.scope) : undefined);
    const challenge = first.headers.get('www-authenticate');
    if (first.status !== 401 || !challenge || !ours) return first;
    const authorization = await this.#authorize(challenge, call.scope);
    if (!authorization) return first;
    this.#authorizations.set(call.scope, authorization);
    return this.#send(url, call, authorization);
  }

  async #send(url: URL, { method, headers, body }: Call, authorization?: string): Promise<Answer> {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(authorization ? { authorization } : {}) },
      body: body as Uint8Array<ArrayBuffer> | undefined,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: new Uint8Array(await response.arrayBuffer()),
      url: url.href,
    };
  }

  /** https://distribution.github.io/distribution/spec/auth/token/ */
  async #authorize(challenge: string, scope: string): Promise<string | undefined> {
    this.#credentials ??= (this.#options.credentials ?? credentialsFor)(this.registry);
    const credentials = await this.#credentials;
    const basic =
      credentials && !credentials.identityToken
        ? `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
        : undefined;
    if (/^basic\b/i.test(challenge)) return basic;

    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!.toLowerCase(), value!]),
    );
    if (!/^bearer\b/i.test(challenge) || !parameters.realm) return undefined;
    const realm = new URL(parameters.realm);
    if (credentials && realm.protocol !== 'https:' && !isLoopback(realm.host) && !this.#options.plainHttp) {
      throw new Error(`expected ${this.registry} to take credentials over https, found ${realm.origin}`);
    }
    const query = new URLSearchParams({ service: parameters.service ?? '', scope });
    const identityToken = credentials?.identityToken;
    if (identityToken) {
      query.set('grant_type', 'refresh_token');
      query.set('refresh_token', identityToken);
      query.set('client_id', 'forkspacer-modules');
    } else {
      for (const [key, value] of query) realm.searchParams.append(key, value);
    }
    const response = await fetch(realm, {
      method: identityToken ? 'POST' : 'GET',
      headers: basic ? { authorization: basic } : {},
      body: identityToken ? query : undefined,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) {
      await response.arrayBuffer();
      if (TRANSIENT.has(response.status)) throw new Error(`token service answered ${response.status}`);
      return undefined;
    }
    const { token, access_token: accessToken } = (await response.json()) as Record<
      string,
      string | undefined
    >;
    return `Bearer ${token ?? accessToken}`;
  }
}

/** The `localhost` and 127.0.0.0/8 of docker, with or without a port. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
}

function messageOf({ body }: Answer): string {
  const text = Buffer.from(body).toString('utf8').slice(0, 2000);
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: string; message?: string }[] };
    return (errors ?? []).map(({ code, message }) => [code, message].filter(Boolean).join(' ')).join('; ');
  } catch {
    return text.split('\n')[0]!.slice(0, 200);
  }
}
