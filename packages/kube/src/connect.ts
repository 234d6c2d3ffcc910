import type { IncomingMessage } from 'node:http';
import { createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js';
import { type RequestContext, wrapHttpLibrary } from '@kubernetes/client-node/dist/gen/http/http.js';
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js';
import { KubeError, type Subject } from './error.ts';
import type { KubeconfigSource } from './kubeconfig.ts';
import { nameOf } from './object.ts';
import { type Discovered, PlainObjectApi } from './object-api.ts';
import type { Call, Limits, Log } from './retry.ts';
import { createTransport, type Outgoing, type Transport } from './transport.ts';

/** What may differ between handles on one connection. */
export interface KubeOptions {
  /** Who owns what is written here, as managedFields shows it. */
  fieldManager: string;
  /** The instance whose label is put on what is applied, and without which nothing is removed. */
  instance?: string;
  module?: string;
  /** Ends waiting and calling at once; what was thrown is the signal's reason. */
  signal?: AbortSignal;
  /** Epoch in ms: transient faults are repeated until then. Without it, each call for 30 s. */
  deadline?: number;
  /** ms for one attempt of one call; 30,000 unless told. */
  timeout?: number;
  /** Hears of repeated calls and of progress. Nothing secret is in the fields. */
  log?: Log;
  /** Hears of every attempt of every call. */
  onCall?: (call: Call) => void;
}

export interface ConnectOptions extends KubeOptions {
  kubeconfig: KubeconfigSource;
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface KubeRequest {
  method: string;
  /** Below the server, without a query: `/version`, `/api/v1/namespaces/shop/pods/web-0/eviction`. */
  path: string;
  query?: Query;
  body?: unknown;
  /** `application/json` unless told. */
  contentType?: string;
  /** The form of the answer that is asked for; `application/json` unless told. */
  accept?: string;
  /** ms, instead of the handle's. */
  timeout?: number;
  /**
   * Whether doing it twice does no harm. When false, it is sent again only when it surely was not done. True unless
   * told, but for POST.
   */
  repeatable?: boolean;
  /** How errors name it; the path unless told. */
  subject?: Subject;
}

/** One kind, or one object of it, or a part of that object. */
export interface Place {
  apiVersion: string;
  kind: string;
  name?: string;
  namespace?: string;
  subresource?: string;
}

/** A place found on the server. */
export interface Located {
  path: string;
  subject(verb: string): Subject;
}

/** A handle on one cluster as one user. Verbs are functions over it. */
export interface Kube extends Readonly<KubeOptions> {
  /** The same connection with other options; what is not named stays. */
  with(overrides: Partial<KubeOptions>): Kube;
  /** Any call; gives back the answer's JSON. @throws KubeError for every status but 2xx */
  // biome-ignore lint/suspicious/noExplicitAny: the answer's shape is the path's own
  request(request: KubeRequest): Promise<any>;
  /** Opens an endless answer, such as a watch. The caller destroys it. */
  stream(request: { path: string; query?: Query }): Promise<IncomingMessage>;
  /** @throws KubeError 404 `NoSuchKind` */
  locate(place: Place): Promise<Located>;
  /** Tells what the server serves at an API version, so that `locate` need not ask. */
  know(apiVersion: string, resources: { kind: string; name: string; namespaced: boolean }[]): void;
  /** The namespace that is meant when none is named: the kubeconfig's. */
  namespace(): Promise<string>;
  /** Epoch in ms by the API server's clock, as its answers so far told it: for times that other machines compare. */
  now(): number;
  /** Makes any text safe to show. */
  redact(text: string): string;
  /** Ends all connections of this handle and of those made from it by `with`. */
  close(): void;
}

/**
 * Makes a handle; nothing is sent yet.
 *
 * @throws KubeError `Kubeconfig` when the kubeconfig cannot be used, saying what was expected
 */
export function connect(options: ConnectOptions): Kube {
  const { kubeconfig, ...rest } = options;
  return handle(createTransport(kubeconfig), {}, rest);
}

/** The base that the object API asks for; the transport puts the real server in its place. */
const BASE = new ServerConfiguration('http://kubernetes', {});
const TIMEOUT = 30_000;

function handle(transport: Transport, discovered: Discovered, options: KubeOptions): Kube {
  const limits: Limits = {
    timeout: options.timeout ?? TIMEOUT,
    ...(options.signal && { signal: options.signal }),
    ...(options.deadline !== undefined && { deadline: options.deadline }),
    ...(options.log && { log: options.log }),
    ...(options.onCall && { onCall: options.onCall }),
  };
  const apiFor = (within: Limits, repeatable: boolean): PlainObjectApi => {
    const send = (context: RequestContext) => transport.send(outgoing(context, repeatable), within);
    const configuration = createConfiguration({ baseServer: BASE, httpApi: wrapHttpLibrary({ send }) });
    return new PlainObjectApi(configuration, discovered, transport.redact);
  };
  const api = apiFor(limits, true);

  return {
    ...options,
    redact: transport.redact,
    now: () => transport.clock.now(),
    namespace: () => transport.namespace(),
    know(groupVersion, resources) {
      discovered[groupVersion] = { groupVersion, resources } as Discovered[string];
    },
    close: () => transport.close(),
    with: (overrides) => handle(transport, discovered, { ...options, ...overrides }),
    async request(request) {
      const repeatable = request.repeatable ?? request.method !== 'POST';
      const timeout = request.timeout ?? limits.timeout;
      const caller =
        repeatable && timeout === limits.timeout ? api : apiFor({ ...limits, timeout }, repeatable);
      const context = caller.context(request.method, request.path + encode(request.query));
      context.setHeaderParam('accept', request.accept ?? 'application/json');
      context.setHeaderParam('user-agent', options.fieldManager);
      if (request.body !== undefined) {
        context.setHeaderParam('content-type', request.contentType ?? 'application/json');
        context.setBody(typeof request.body === 'string' ? request.body : JSON.stringify(request.body));
      }
      const verb = request.method.toLowerCase();
      return caller.exchange(
        context,
        request.subject ?? {
          object: request.path,
          verb,
          resource: '',
          secret: request.path.includes('/secrets/'),
        },
      );
    },
    stream(request) {
      const headers = { accept: 'application/json', 'user-agent': options.fieldManager };
      return transport.open(
        { method: 'GET', path: request.path + encode(request.query), headers, repeatable: true },
        limits,
      );
    },
    async locate(place) {
      const found = await api.locate(place.apiVersion, place.kind);
      let namespace: string | undefined;
      if (found.namespaced) {
        // A collection without a namespace is the whole cluster's.
        namespace = place.namespace ?? (place.name === undefined ? undefined : await transport.namespace());
      }
      const parts = [found.base];
      if (namespace !== undefined) parts.push('namespaces', segment(namespace, place));
      parts.push(found.plural);
      if (place.name !== undefined) parts.push(segment(place.name, place));
      if (place.subresource) parts.push(place.subresource);
      return {
        path: parts.join('/'),
        subject: (verb) => ({
          object: nameOf({ ...place, ...(namespace === undefined ? {} : { namespace }) }),
          verb,
          resource: place.subresource ? `${found.resource}/${place.subresource}` : found.resource,
          ...(namespace === undefined ? {} : { namespace }),
          secret: place.kind === 'Secret',
        }),
      };
    },
  };
}

/** A name that is empty or a path of its own would reach another object, or a whole collection. */
function segment(name: string, place: Place): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) {
    throw new KubeError(`${place.kind}: expected a name, found "${name}"`, {
      reason: 'BadName',
      object: place.kind,
    });
  }
  return encodeURIComponent(name);
}

function encode(query: Query | undefined): string {
  const set = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined) set.set(key, String(value));
  return set.size === 0 ? '' : `?${set}`;
}

function outgoing(context: RequestContext, repeatable: boolean): Outgoing {
  const url = new URL(context.getUrl());
  const body = context.getBody();
  return {
    method: context.getHttpMethod().toString(),
    path: url.pathname + url.search,
    headers: context.getHeaders(),
    repeatable,
    ...(typeof body === 'string' ? { body } : {}),
  };
}
