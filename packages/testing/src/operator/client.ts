import { Agent, type IncomingHttpHeaders, request as send } from 'node:http';
import { SUCCESS, type Verb } from '@forkspacer/contract';
import type { Metadata } from '@forkspacer/sdk';
import { fromGoJson, toGoJson } from './go-json.ts';

/** What a runner answered in the end, as the operator sees it. */
export interface OperatorAnswer {
  verb: Verb;
  status: number;
  /** The body, whatever it is. */
  text: string;
  /** The body of a success; absent when it was empty. */
  metadata?: Metadata;
  /** Where 307 sent the call, one path each. */
  redirects: string[];
  headers: IncomingHttpHeaders;
}

/** A caller that speaks to a runner exactly as the operator does, and keeps its metadata as the operator would. */
export interface OperatorClient {
  /** `http://host:port`; may be set to that of another runner for the same instance. */
  url: string;
  /** What the module last returned; `{}` before. */
  metadata: Metadata;
  /** Every answer so far. */
  readonly answers: readonly OperatorAnswer[];
  /** @throws Error when the connection ends without an answer */
  call(verb: Verb): Promise<OperatorAnswer>;
  close(): void;
}

/** Go's client gives up at the tenth redirect. */
const REDIRECTS = 10;

/**
 * The wire of the real operator: a POST with the last metadata as Go's JSON, redirects followed with the body, success
 * only by the one code of the verb. A success with metadata replaces what is kept; with an empty body or `{}` the old
 * one stays; what comes with an error is thrown away.
 */
export function operatorClient(url: string, metadata: Metadata = {}): OperatorClient {
  const agent = new Agent({ keepAlive: true });
  const answers: OperatorAnswer[] = [];
  const client: OperatorClient = {
    url,
    metadata,
    answers,
    async call(verb) {
      const body = toGoJson(client.metadata);
      const redirects: string[] = [];
      let target = new URL(`/${verb}`, client.url);
      for (;;) {
        const { status, headers, text } = await post(target, body, agent);
        if ((status === 307 || status === 308) && headers.location && redirects.length < REDIRECTS) {
          redirects.push(headers.location);
          target = new URL(headers.location, target);
          continue;
        }
        const answer: OperatorAnswer = { verb, status, text, redirects, headers };
        if (status === SUCCESS[verb] && status !== 204) {
          const kept = fromGoJson(text);
          if (kept) answer.metadata = kept;
          // Stored in an annotation, and read again for the next call.
          if (kept && Object.keys(kept).length > 0) client.metadata = fromGoJson(toGoJson(kept)) ?? {};
        }
        answers.push(answer);
        return answer;
      }
    },
    close: () => agent.destroy(),
  };
  return client;
}

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function post(target: URL, body: string, agent: Agent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      'User-Agent': 'Go-http-client/1.1',
      'Content-Length': Buffer.byteLength(body),
      'Content-Type': 'application/json',
      'Accept-Encoding': 'gzip',
    };
    const request = send(target, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
