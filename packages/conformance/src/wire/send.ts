import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Milliseconds from sending to the end of the answer. */
  ms: number;
}

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** A connection of its own when left out. */
  agent?: Agent;
  timeout: number;
}

/** No answer came: the connection failed, or ended before the answer did. */
export class NoAnswer extends Error {
  /** It was waited for, and the connection was open all the time. */
  readonly timedOut: boolean;
  constructor(what: string, why: string, timedOut = false) {
    super(`expected an answer to ${what}, found ${why}`);
    this.timedOut = timedOut;
  }
}

/** One HTTP request, whatever the answer. @throws NoAnswer */
export function send(url: string, path: string, sent: Sent): Promise<Answer> {
  const { method = 'POST', headers = {}, body, agent, timeout } = sent;
  const started = performance.now();
  const what = `${method} ${path}`;
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), {
      method,
      headers: body === undefined || headers['transfer-encoding'] ? headers : withLength(headers, body),
      agent: agent ?? false,
    });
    const timer = setTimeout(() => {
      reject(new NoAnswer(what, `none within ${timeout / 1000} s`, true));
      outgoing.destroy();
    }, timeout);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(new NoAnswer(what, error.message || 'a closed connection'));
    };
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const parts: Buffer[] = [];
      // It has no body; what comes after it anyway must not make it none.
      if (response.statusCode === 204) {
        clearTimeout(timer);
        resolve({ status: 204, headers: response.headers, text: '', ms: performance.now() - started });
      }
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        const text = Buffer.concat(parts).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          ms: performance.now() - started,
        });
      });
    });
    if (method === 'GET' || method === 'HEAD' || body === undefined) outgoing.end();
    else outgoing.end(body);
  });
}

function withLength(headers: Record<string, string>, body: string | Buffer): Record<string, string> {
  return { 'content-length': String(Buffer.byteLength(body)), ...headers };
}

/**
 * Sends bytes as they are, part by part with a pause between, and gives back what came until the connection ended or
 * nothing came for `quiet` milliseconds after the first byte. An aborted signal resets the connection.
 */
export function raw(
  url: string,
  parts: readonly string[],
  {
    quiet,
    timeout,
    signal,
    pause = 10,
  }: { quiet: number; timeout: number; signal?: AbortSignal; pause?: number },
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    let idle: NodeJS.Timeout | undefined;
    const socket = connect(Number(port), hostname);
    const end = () => {
      clearTimeout(limit);
      clearTimeout(idle);
      signal?.removeEventListener('abort', end);
      socket.destroy();
      resolve(text);
    };
    signal?.addEventListener('abort', end);
    const limit = setTimeout(() => {
      socket.destroy();
      reject(new NoAnswer('bytes on a connection', `none within ${timeout / 1000} s`, true));
    }, timeout);
    socket.setEncoding('latin1');
    socket.on('data', (part) => {
      text += part;
      clearTimeout(idle);
      idle = setTimeout(end, quiet);
    });
    socket.on('end', end).on('error', end).on('close', end);
    socket.on('connect', async () => {
      for (const [index, part] of parts.entries()) {
        if (index > 0) await new Promise((done) => setTimeout(done, pause));
        if (!socket.destroyed) socket.write(part);
      }
    });
  });
}
