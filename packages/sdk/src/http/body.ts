import type { IncomingMessage } from 'node:http';

/** What is read, and thrown away, of a body that is too large: a caller that is still writing would see a reset. */
const DRAINED = 16 * 1024 * 1024;

export type Body = { ok: true; bytes: Buffer } | { ok: false; text: string };

/** Reads a body of at most `limit` bytes that arrives within `time` milliseconds. */
export function readBody(request: IncomingMessage, limit: number, time: number): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (body: Body) => {
      clearTimeout(timer);
      request.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
      resolve(body);
    };
    const tooLarge = () => end({ ok: false, text: `expected a body of at most ${limit} bytes, found more` });
    const timer = setTimeout(
      () =>
        end({
          ok: false,
          text: `expected the whole body within ${time / 1000} s, found ${length} bytes of it`,
        }),
      time,
    );
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > DRAINED) tooLarge();
    });
    request.on('end', () => (length > limit ? tooLarge() : end({ ok: true, bytes: Buffer.concat(chunks) })));
    request.on('error', () => {});
    request.on('close', () =>
      end({ ok: false, text: `expected a whole body, found ${length} bytes and the end of the connection` }),
    );
  });
}
