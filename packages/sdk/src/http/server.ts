import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { oneLine } from '@forkspacer/contract';

/** Milliseconds for a caller to send its headers, and the whole of its request (a body has a limit of its own). */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 60_000;

/** An HTTP server that answers even what is no HTTP with one line of text. */
export function httpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      // Can only be set here, and with the default of 30 s the limits above would be those plus up to 30 s.
      connectionsCheckingInterval: 2_000,
      // The app says it in words.
      requireHostHeader: false,
      maxHeaderSize: 32 * 1024,
    },
    listener,
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy();
    const [status, text] = answerTo(error.code);
    answer(socket, status, text);
  });
  // What a caller expects beyond 100-continue is not done; node's own answer would be neither text nor a close.
  server.on('checkExpectation', listener);
  // Node would hand over the next request of a connection that it is about to close, and drop the answer to it.
  server.maxRequestsPerSocket = 1;
  server.on('connect', ({ method, url }, socket: Socket) => {
    // It is no longer node's: an error that nobody hears of would end the process.
    socket.on('error', () => socket.destroy());
    answer(socket, 405, `expected a path of this module, found ${method} ${url}`);
  });
  return server;
}

function answer(socket: Socket, status: number, text: string): void {
  const body = oneLine(text);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroySoon());
}

function answerTo(code: string | undefined): [number, string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'expected headers of at most 32 KiB, found more'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'expected the whole request in time, found a part of it'];
    default:
      return [400, `expected an HTTP request, found something else (${code ?? 'no code'})`];
  }
}
