import { request as httpRequest } from 'node:http';
import { createGunzip } from 'node:zlib';
import { oneLine, SUCCESS, type Verb } from '@forkspacer/contract';

export type Metadata = Record<string, unknown>;

/** What a runner answered. */
export type Answer =
  /** The verb is done. Without metadata (empty body, null or {}) the stored metadata stays. */
  | { outcome: 'done'; status: number; metadata?: Metadata }
  /** The runner answered, and not with success. `text` may be shown: only a 400's own words are in it. */
  | { outcome: 'refused'; status: number; text: string; hidden?: string }
  /** No answer came: the verb may or may not have taken effect. */
  | { outcome: 'lost'; text: string };

interface Call {
  /** `http://host:port` of the runner. */
  url: string;
  verb: Verb;
  /** What the module last returned; `{}` before. */
  metadata: Metadata;
  /** Ends the call: its answer counts as lost. */
  signal: AbortSignal;
}

/** More than all annotations of an object can hold (256 KiB), with room to say how much more. */
const BODY_LIMIT = 4 * 1024 * 1024;
/** As Go's client: ten requests, then it gives up. */
const MAX_REDIRECTS = 10;

/**
 * POSTs one verb to a runner, as Go's HTTP client would: JSON, gzip accepted, 307 and 308 followed with the same
 * method and body (to the runner itself only). There is no time limit but the signal's: a module may take long.
 * Every call has a connection of its own, so that no keep-alive race can lose it.
 */
export async function callRunner({ url, verb, metadata, signal }: Call): Promise<Answer> {
  const body = Buffer.from(JSON.stringify(metadata));
  const origin = new URL(url);
  let target = new URL(`/${verb}`, origin);
  for (let redirects = 0; ; redirects++) {
    let reply: Reply;
    try {
      reply = await post(target, body, signal);
    } catch (error) {
      return { outcome: 'lost', text: `no answer to ${verb}: ${oneLine(describe(error))}` };
    }
    if ((reply.status === 307 || reply.status === 308) && reply.location !== undefined) {
      const next = URL.parse(reply.location, target.href);
      if (!next || next.origin !== origin.origin) {
        return refused(verb, reply, `redirected to another server, ${oneLine(reply.location, 200)}`);
      }
      if (redirects + 1 >= MAX_REDIRECTS)
        return refused(verb, reply, `was redirected ${MAX_REDIRECTS} times`);
      target = next;
      continue;
    }
    return judge(verb, reply);
  }
}

function judge(verb: Verb, reply: Reply): Answer {
  if (reply.status === 400) {
    return { outcome: 'refused', status: 400, text: oneLine(reply.body) || `${verb} failed without a word` };
  }
  if (reply.status !== SUCCESS[verb])
    return refused(verb, reply, `answered ${reply.status}, expected ${SUCCESS[verb]}`);
  if (reply.tooLong) return refused(verb, reply, `answered with more than ${BODY_LIMIT} bytes`);
  if (verb === 'uninstall' || reply.body.trim() === '') return { outcome: 'done', status: reply.status };
  const metadata = readMetadata(reply.body);
  if (typeof metadata === 'string') return refused(verb, reply, `answered ${reply.status} with ${metadata}`);
  if (metadata === null || Object.keys(metadata).length === 0)
    return { outcome: 'done', status: reply.status };
  return { outcome: 'done', status: reply.status, metadata };
}

/**
 * Metadata as Go keeps it: numbers are float64, a lone surrogate becomes U+FFFD. A string says what was found
 * instead of a JSON object.
 */
export function readMetadata(text: string): Metadata | null | string {
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, item) => {
      if (typeof item === 'number' && !Number.isFinite(item)) throw new RangeError('a number beyond float64');
      return item;
    });
    if (value === null) return null;
    if (Array.isArray(value)) return 'a JSON array, expected an object';
    if (typeof value !== 'object') return `a JSON ${typeof value}, expected an object`;
    // Backslashes come in pairs but for escapes, and JSON.stringify escapes surrogates only when they are alone.
    const escaped = JSON.stringify(value).replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) =>
      found === '\\\\' ? found : '\ufffd',
    );
    return JSON.parse(escaped) as Metadata;
  } catch (error) {
    if (error instanceof RangeError) {
      return error.message.startsWith('a number') ? error.message : 'JSON that nests too deeply';
    }
    return 'a body that is no JSON';
  }
}

function refused(verb: Verb, reply: Reply, why: string): Answer {
  return {
    outcome: 'refused',
    status: reply.status,
    text: `the runner ${why} to ${verb}`,
    hidden: oneLine(reply.body),
  };
}

interface Reply {
  status: number;
  location?: string;
  body: string;
  tooLong: boolean;
}

function post(url: URL, body: Buffer, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method: 'POST',
        agent: false,
        signal,
        headers: {
          'User-Agent': 'Go-http-client/1.1',
          'Content-Type': 'application/json',
          'Content-Length': body.length,
          'Accept-Encoding': 'gzip',
        },
      },
      (response) => {
        const { location, 'content-encoding': encoding } = response.headers;
        const chunks: Buffer[] = [];
        let length = 0;
        let tooLong = false;
        const finish = () =>
          resolve({
            status: response.statusCode!,
            ...(location !== undefined ? { location } : {}),
            body: new TextDecoder().decode(Buffer.concat(chunks)),
            tooLong,
          });
        const stream = encoding === 'gzip' ? response.pipe(createGunzip()) : response;
        response.on('error', reject);
        stream.on('error', reject);
        stream.on('end', finish);
        stream.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length <= BODY_LIMIT) chunks.push(chunk);
          else if (!tooLong) {
            tooLong = true;
            finish();
            response.destroy();
          }
        });
      },
    );
    // A peer that vanished without a word (a node that died) is found out while a call waits for hours.
    request.on('socket', (socket) => socket.setKeepAlive(true, 15_000));
    request.on('error', reject);
    request.end(body);
  });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED') return 'the runner does not listen (ECONNREFUSED)';
  if (code === 'ECONNRESET') return 'the runner dropped the connection (ECONNRESET)';
  if (code === 'ABORT_ERR') return 'the call was ended';
  return code ? `${error.message} (${code})` : error.message;
}
