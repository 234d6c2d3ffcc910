import type { Verb } from '@forkspacer/contract';
import { toGoJson } from './go-json.ts';
import { type Answer, type Sent, send } from './send.ts';

/** Go's client gives up at the tenth redirect. */
const REDIRECTS = 10;

export interface Posted extends Partial<Sent> {
  timeout: number;
  /** Follows 307 and 308 with the body, as the operator's client does. Default true. */
  follow?: boolean;
}

/**
 * One verb as the operator calls it: the metadata as Go's JSON, Go's headers, redirects followed.
 *
 * @param body metadata, or a text that is sent as it is
 */
export async function post(url: string, verb: Verb, body: unknown, options: Posted): Promise<Answer> {
  const text = typeof body === 'string' ? body : toGoJson(body);
  const headers = {
    'user-agent': 'Go-http-client/1.1',
    'content-type': 'application/json',
    'accept-encoding': 'gzip',
  };
  let path = `/${verb}`;
  for (let redirects = 0; ; redirects++) {
    const answer = await send(url, path, { headers, body: text, ...options });
    const { location } = answer.headers;
    const again = (answer.status === 307 || answer.status === 308) && location !== undefined;
    if (!again || options.follow === false || redirects === REDIRECTS) return answer;
    const target = new URL(location, url);
    path = `${target.pathname}${target.search}`;
  }
}

export function isDone({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}
