import type { RequestContext, ResponseContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import type { V1APIResource } from '@kubernetes/client-node/dist/gen/models/V1APIResource.js';
import { KubernetesObjectApi } from '@kubernetes/client-node/dist/object.js';
import { builtin } from './builtin.ts';
import { fromAnswer, KubeError, type Subject } from './error.ts';
import type { Redactor } from './redact.ts';
import type { Answer } from './transport.ts';

/** The kinds that one server was seen to serve, by API version; shared by everything on one connection. */
export type Discovered = KubernetesObjectApi['apiVersionResourceCache'];

/**
 * client-node's object API with two things left out: its serializer, which drops fields that it does not know and
 * turns times into Date, and its lower-casing of paths, which breaks names such as a ClusterRole's.
 */
export class PlainObjectApi extends KubernetesObjectApi {
  readonly #redact: Redactor;

  constructor(configuration: KubernetesObjectApi['configuration'], discovered: Discovered, redact: Redactor) {
    super(configuration);
    this.apiVersionResourceCache = discovered;
    this.#redact = redact;
  }

  /** Sends what `context` says and gives back the JSON of the answer. */
  async exchange(context: RequestContext, subject: Subject): Promise<unknown> {
    const answer = (await this.requestPromise(context)) as unknown as Answer;
    const text = await answer.body.text();
    const status = answer.httpStatusCode;
    if (status < 200 || status > 299) throw fromAnswer(status, text, subject, this.#redact, answer.uncertain);
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new KubeError(
        `${subject.object}: expected JSON from the API server, found ${text.length} bytes of something else`,
        {
          status,
          reason: 'NotJson',
          object: subject.object,
          cause,
        },
      );
    }
  }

  context(method: string, pathWithQuery: string): RequestContext {
    return this.configuration.baseServer!.makeRequestContext(pathWithQuery, method as never);
  }

  /**
   * The path of a kind's collection, and the resource's name as permissions have it.
   *
   * @throws KubeError 404 `NoSuchKind` when the server does not serve it (its CRD is absent)
   */
  async locate(
    apiVersion: string,
    kind: string,
  ): Promise<{ base: string; plural: string; namespaced: boolean; resource: string }> {
    const known = builtin(apiVersion, kind) ?? (await this.#ask(apiVersion, kind));
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return {
      base: this.apiVersionPath(apiVersion),
      plural: known.name,
      namespaced: known.namespaced,
      resource: group ? `${known.name}.${group}` : known.name,
    };
  }

  async #ask(apiVersion: string, kind: string): Promise<V1APIResource> {
    let found: V1APIResource | undefined;
    try {
      found = await this.resource(apiVersion, kind);
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 404) throw error;
    }
    if (found) return found;
    throw new KubeError(
      `${kind}: the API server serves no such kind in ${apiVersion}; is its CRD installed?`,
      {
        status: 404,
        reason: 'NoSuchKind',
        object: kind,
      },
    );
  }

  /** What the object API's own requests (discovery) come through. */
  protected override async processResponse<T>(response: ResponseContext, type?: string): Promise<T> {
    if (type === undefined) return response as T;
    const text = await response.body.text();
    const status = response.httpStatusCode;
    if (status >= 200 && status <= 299) return JSON.parse(text) as T;
    const subject = { object: 'discovery', verb: 'get', resource: '', secret: false };
    throw fromAnswer(status, text, subject, this.#redact, false);
  }
}
