import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client, Json } from './client.ts';

/** How long a story waits for a state (ms): a real garbage collector looks for new kinds every 30 s. */
const PATIENCE = 60_000;
/** An end state is one that has not changed for so long (ms). */
const QUIET = { embedded: 30, real: 400 };

const CONTENT_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export type PatchType = keyof typeof CONTENT_TYPES;
export type Query = Record<string, string | number | boolean | undefined>;

/** What one story has seen: in order, each answer or end state. */
export interface Entry {
  step: string;
  status?: number;
  contentType?: string;
  warnings?: string[];
  body: Json;
}

export type Story = (scene: Scene) => Promise<void>;

/** Types a story: its name is the name of its file. */
export function story(tell: Story): Story {
  return tell;
}

/**
 * What a story acts on: a namespace of its own on one cluster. A resource is written `v1/configmaps` or
 * `apps/v1/deployments`; everything asked through these methods is recorded and compared, except where said.
 */
export class Scene {
  readonly entries: Entry[] = [];
  readonly #undo: (() => Promise<unknown>)[] = [];
  readonly client: Client;
  readonly namespace: string;
  readonly #quiet: number;

  constructor(client: Client, namespace: string, cluster: 'embedded' | 'real') {
    this.client = client;
    this.namespace = namespace;
    this.#quiet = QUIET[cluster];
  }

  /** Path of a resource in the story's namespace. */
  at(resource: string, name?: string, subresource?: string, query?: Query): string {
    return pathOf(resource, this.namespace, name, subresource, query);
  }

  /** Path of a resource that lives in no namespace, or of all namespaces together. */
  clusterWide(resource: string, name?: string, subresource?: string, query?: Query): string {
    return pathOf(resource, undefined, name, subresource, query);
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    options: { contentType?: string; accept?: string; step?: string } = {},
  ): Promise<Json> {
    const answer = await this.client.send({ method, path, body, ...options });
    this.entries.push(entryOf(options.step ?? `${method} ${path}`, answer));
    return answer.body;
  }

  create(resource: string, object: unknown, query?: Query) {
    return this.request('POST', this.at(resource, undefined, undefined, query), object);
  }

  read(resource: string, name: string, subresource?: string) {
    return this.request('GET', this.at(resource, name, subresource));
  }

  list(resource: string, query?: Query) {
    return this.request('GET', this.at(resource, undefined, undefined, query));
  }

  replace(resource: string, object: Json, query?: Query & { subresource?: string }) {
    const { subresource, ...rest } = query ?? {};
    return this.request('PUT', this.at(resource, object.metadata.name, subresource, rest), object);
  }

  patch(
    resource: string,
    name: string,
    type: PatchType,
    body: unknown,
    query?: Query & { subresource?: string },
  ) {
    const { subresource, ...rest } = query ?? {};
    return this.request('PATCH', this.at(resource, name, subresource, rest), body, {
      contentType: CONTENT_TYPES[type],
    });
  }

  apply(resource: string, object: Json, query: Query & { fieldManager: string; subresource?: string }) {
    return this.patch(resource, object.metadata.name, 'apply', object, query);
  }

  remove(resource: string, name: string, options?: unknown, query?: Query) {
    return this.request('DELETE', this.at(resource, name, undefined, query), options);
  }

  /** Makes something that lives in no namespace and takes it away after the story. */
  async createClusterWide(resource: string, object: Json) {
    const body = await this.request('POST', this.clusterWide(resource), object);
    const path = this.clusterWide(resource, object.metadata.name);
    this.#undo.push(() => this.client.send({ method: 'DELETE', path }));
    return body;
  }

  /** Waits, unrecorded, until what a GET of the path answers satisfies the predicate. */
  async until(
    path: string,
    predicate: (body: Json, status: number) => unknown,
    options: { accept?: string } = {},
  ): Promise<Json> {
    const end = Date.now() + PATIENCE;
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      const { status, body } = await this.client.send({ method: 'GET', path, ...options });
      if (predicate(body, status)) return body;
      if (Date.now() > end) {
        throw new Error(
          `waited ${PATIENCE / 1000} s for ${predicate} at ${path}, found ${JSON.stringify(body)}`,
        );
      }
      await delay(pause);
    }
  }

  /** Waits until the predicate holds and nothing has changed for a while; records that end state. */
  async settled(path: string, predicate: (body: Json, status: number) => unknown): Promise<Json> {
    let seen = versionsOf(await this.until(path, predicate));
    for (;;) {
      await delay(this.#quiet);
      const body = await this.until(path, predicate);
      const now = versionsOf(body);
      if (now === seen) {
        this.entries.push({ step: `settled ${path}`, body });
        return body;
      }
      seen = now;
    }
  }

  /** Nothing more is expected to happen: waits as long as a state must be quiet to count as an end state. */
  quiet() {
    return delay(this.#quiet);
  }

  /**
   * Watches while `act` runs and until `count` events came (or the server ended the stream); records them as one entry.
   * With no `count`, what came within the quiet time counts.
   */
  async watch(path: string, count: number | undefined, act: () => Promise<unknown> = async () => {}) {
    const abort = new AbortController();
    const events: unknown[] = [];
    const url = `${path}${path.includes('?') ? '&' : '?'}watch=true`;
    // Once the head of the answer is there the watch is on, and what `act` does is seen.
    const stream = await this.client.stream({ method: 'GET', path: url }, abort.signal);
    const reading = (async () => {
      for await (const line of stream.lines) {
        events.push(JSON.parse(line));
        if (events.length === count) break;
      }
    })();
    await act();
    const patience = count === undefined ? this.#quiet * 2 : PATIENCE;
    const timer = setTimeout(() => abort.abort(), patience);
    await reading;
    clearTimeout(timer);
    this.entries.push({ step: `watch ${path}`, status: stream.status, body: events });
    return events as Json[];
  }

  /** Takes away what the story made outside of its namespace. */
  async end() {
    for (const undo of this.#undo.reverse()) await undo();
  }
}

function pathOf(
  resource: string,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
  query: Query = {},
): string {
  const parts = resource.split('/');
  const plural = parts.pop()!;
  const path = [
    parts.length === 1 ? `/api/${parts[0]}` : `/apis/${parts.join('/')}`,
    ...(namespace ? ['namespaces', namespace] : []),
    plural,
    ...(name ? [name] : []),
    ...(subresource ? [subresource] : []),
  ].join('/');
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

function entryOf(step: string, answer: Answer): Entry {
  return {
    step,
    status: answer.status,
    ...(answer.contentType === 'application/json' ? {} : { contentType: answer.contentType }),
    ...(answer.warnings.length > 0 ? { warnings: answer.warnings } : {}),
    body: answer.body,
  };
}

/** Changes when any object in the answer changes, and not with the version of a list. */
function versionsOf(body: Json): string {
  const items = Array.isArray(body?.items) ? body.items : [body];
  return items.map((item: Json) => `${item?.metadata?.uid}:${item?.metadata?.resourceVersion}`).join();
}
