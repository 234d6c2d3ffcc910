import { Agent } from 'node:http';
import { type Answer, NoAnswer, send } from '../wire/send.ts';

/** Status 0: no answer. */
export class ClusterError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ATTEMPTS = 6;

/** The few calls that the modules here make; what `retries` says is tried again. */
export class Cluster {
  readonly #server: string;
  readonly #token: string;
  readonly #retries: (error: ClusterError) => boolean;
  readonly #gone: AbortSignal;
  readonly #agent = new Agent({ keepAlive: true, timeout: 5_000 });

  constructor(kubeconfig: string, retries: (error: ClusterError) => boolean, gone: AbortSignal) {
    this.#server = /server: (\S+)/.exec(kubeconfig)?.[1] ?? '';
    this.#token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? '';
    this.#retries = retries;
    this.#gone = gone;
  }

  // biome-ignore lint/suspicious/noExplicitAny: plain JSON as the server sent it
  async call(method: string, path: string, body?: unknown): Promise<any> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(method, path, body);
      } catch (error) {
        const again = error instanceof ClusterError && this.#retries(error) && attempt < ATTEMPTS;
        if (!again || this.#gone.aborted) throw error;
        await new Promise((done) => setTimeout(done, 2 ** attempt));
      }
    }
  }

  /** Undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: plain JSON as the server sent it
  find(path: string): Promise<any> {
    return this.call('GET', path).catch(ifStatus(404));
  }

  /** What is there already stays as it is. */
  async create(object: { metadata: { namespace: string }; data: object }): Promise<void> {
    await this.call('POST', `/api/v1/namespaces/${object.metadata.namespace}/configmaps`, object);
  }

  async patch(path: string, body: unknown): Promise<void> {
    await this.call('PATCH', path, body);
  }

  async remove(path: string): Promise<void> {
    await this.call('DELETE', path).catch(ifStatus(404));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #once(method: string, path: string, body: unknown): Promise<unknown> {
    // A process that is gone asks nothing any more.
    if (this.#gone.aborted) throw new Error('gone');
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    let answer: Answer;
    try {
      answer = await send(this.#server, path, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': type },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        timeout: 5_000,
        agent: this.#agent,
      });
    } catch (error) {
      throw error instanceof NoAnswer ? new ClusterError(0, 'the cluster does not answer') : error;
    }
    const value = JSON.parse(answer.text);
    if (answer.status < 300 || value.reason === 'AlreadyExists') return value;
    throw new ClusterError(answer.status, `${method} ${path}: ${value.message}`);
  }
}

function ifStatus(status: number): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof ClusterError && error.status === status) return undefined;
    throw error;
  };
}
