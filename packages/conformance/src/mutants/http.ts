import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Verb } from '@forkspacer/contract';
import { type Metadata, Plain, Refusal } from './correct.ts';
import { mutant } from './mutant.ts';

export const http = [
  mutant(
    'installs-with-200',
    'install answers 200',
    ['http/install-created'],
    class extends Plain {
      override code(verb: Verb) {
        return verb === 'install' ? 200 : super.code(verb);
      }
    },
  ),
  mutant(
    'uninstalls-with-200',
    'uninstall answers 200',
    ['http/uninstall-no-content'],
    class extends Plain {
      override code(verb: Verb) {
        return verb === 'uninstall' ? 200 : super.code(verb);
      }
    },
  ),
  mutant(
    'sleeps-with-202',
    'sleep answers 202',
    ['http/sleep-ok'],
    class extends Plain {
      override code(verb: Verb) {
        return verb === 'sleep' ? 202 : super.code(verb);
      }
    },
  ),
  mutant(
    'resumes-with-202',
    'resume answers 202',
    ['http/resume-ok'],
    class extends Plain {
      override code(verb: Verb) {
        return verb === 'resume' ? 202 : super.code(verb);
      }
    },
  ),
  mutant(
    'writes-after-204',
    'a body follows the 204',
    ['http/no-content-is-empty'],
    class extends Plain {
      override done(response: ServerResponse, verb: Verb, metadata: Metadata) {
        if (verb !== 'uninstall') return super.done(response, verb, metadata);
        response.socket?.end('HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}');
      }
    },
  ),
  mutant(
    'says-ok',
    'success is answered "OK" instead of JSON',
    ['http/json-object'],
    class extends Plain {
      override encode() {
        return 'OK';
      }
    },
  ),
  mutant(
    'json-as-text',
    'metadata is sent as text/plain',
    ['http/json-content-type'],
    class extends Plain {
      override json(response: ServerResponse, status: number, body: string) {
        if (body.includes('"uptime"')) super.json(response, status, body);
        else this.text(response, status, body);
      }
    },
  ),
  mutant(
    'needs-a-body',
    'an empty body is a parse error',
    ['http/empty-body'],
    class extends Plain {
      override parse(body: string, verb: Verb) {
        if (body === '') throw new Refusal('unexpected end of JSON input');
        return super.parse(body, verb);
      }
    },
  ),
  mutant(
    'takes-malformed',
    'a body that does not parse counts as {}',
    ['http/malformed'],
    class extends Plain {
      override parse(body: string, verb: Verb) {
        try {
          JSON.parse(body);
        } catch {
          return {};
        }
        return super.parse(body, verb);
      }
    },
  ),
  mutant(
    'takes-lists',
    'a list counts as metadata',
    ['http/not-an-object'],
    class extends Plain {
      override parse(body: string, verb: Verb) {
        return body === '[]' ? {} : super.parse(body, verb);
      }
    },
  ),
  mutant(
    'answers-everything',
    'an unknown path is answered 200',
    ['http/unknown-path'],
    class extends Plain {
      override text(response: ServerResponse, status: number, text: string) {
        super.text(response, status === 404 ? 200 : status, text);
      }
    },
  ),
  mutant(
    'gets-verbs',
    'GET /install installs',
    ['http/verbs-are-posts'],
    class extends Plain {
      override async route(request: IncomingMessage, response: ServerResponse) {
        request.method = 'POST';
        await super.route(request, response);
      }
    },
  ),
  mutant(
    'reads-once',
    'the first piece of a body is taken for all of it',
    ['http/body-in-pieces'],
    class extends Plain {
      override async body(request: IncomingMessage) {
        for await (const part of request) return String(part);
        return '';
      }
    },
  ),
  mutant(
    'needs-a-length',
    'a chunked body is taken for an empty one',
    ['http/chunked-body'],
    class extends Plain {
      override async body(request: IncomingMessage) {
        const body = await super.body(request);
        return request.headers['content-length'] ? body : '';
      }
    },
  ),
  mutant(
    'drops-the-second',
    'the second call on a connection is not answered',
    ['http/keep-alive'],
    class extends Plain {
      readonly #seen = new WeakSet<Socket>();
      override async handle(request: IncomingMessage, response: ServerResponse) {
        if (this.#seen.has(request.socket)) return void request.socket.destroy();
        this.#seen.add(request.socket);
        await super.handle(request, response);
      }
      override json(response: ServerResponse, status: number, body: string) {
        const close = body.includes('"uptime"') ? {} : { connection: 'close' };
        response.writeHead(status, { 'content-type': 'application/json', ...close }).end(body);
      }
    },
  ),
  mutant(
    'keeps-alive',
    'connections are kept open',
    ['http/connection-close'],
    class extends Plain {
      override headers() {
        return {} as Record<string, string>;
      }
      override async shutDown() {
        this.server?.closeIdleConnections();
        await super.shutDown();
      }
    },
  ),
  mutant(
    'compresses',
    'answers come in an encoding that nobody asked for',
    ['http/encoding'],
    class extends Plain {
      override headers(): Record<string, string> {
        return { ...super.headers(), 'content-encoding': 'br' };
      }
    },
  ),
  mutant(
    'wants-a-type',
    'a body without Content-Type is refused',
    ['http/any-content-type'],
    class extends Plain {
      override async route(request: IncomingMessage, response: ServerResponse) {
        const verb = request.method === 'POST' && request.url !== '/no-such-endpoint';
        if (verb && !request.headers['content-type'])
          return this.text(response, 415, 'expected application/json');
        await super.route(request, response);
      }
    },
  ),
  mutant(
    'small-limit',
    'a body of more than 16 KiB is refused',
    ['http/large-metadata'],
    class extends Plain {
      override bodyLimit() {
        return 16 * 1024;
      }
    },
  ),
  mutant(
    'dies-of-size',
    'a body of more than a megabyte ends the process',
    ['http/huge-body'],
    class extends Plain {
      override failed(response: ServerResponse, error: Error) {
        if (error.message.includes('at most')) this.host.exit(137);
        else super.failed(response, error);
      }
      override bodyLimit() {
        return 1024 * 1024;
      }
    },
  ),
  mutant(
    'dies-of-depth',
    'a deep body ends the process',
    ['http/deep-body'],
    class extends Plain {
      override parse(body: string, verb: Verb) {
        if (body.includes('[[[[[[[[[[[[[[[[')) this.host.exit(134);
        return super.parse(body, verb);
      }
      override bodyLimit() {
        return 1024 * 1024;
      }
    },
  ),
  mutant(
    'one-by-one',
    'calls of /health that come at once are turned away',
    ['http/many-at-once'],
    class extends Plain {
      #busy = false;
      override async health(response: ServerResponse) {
        if (this.#busy) return this.text(response, 429, 'busy');
        this.#busy = true;
        await new Promise((done) => setTimeout(done, 2));
        this.#busy = false;
        await super.health(response);
      }
    },
  ),
  mutant(
    'one-connection',
    'a caller that stalls holds up the others',
    ['http/stalled-caller'],
    class extends Plain {
      #turn: Promise<unknown> = Promise.resolve();
      override async health(response: ServerResponse) {
        await this.#turn;
        await super.health(response);
      }
      override async body(request: IncomingMessage) {
        const body = super.body(request);
        this.#turn = body.catch(() => {});
        return body;
      }
    },
  ),
  mutant(
    'stuck-by-leavers',
    'a caller that goes away leaves the module locked',
    ['http/caller-gone'],
    class extends Plain {
      #locked = false;
      override async body(request: IncomingMessage) {
        if (this.#locked) throw new Refusal('locked');
        try {
          return await super.body(request);
        } catch (error) {
          this.#locked = request.destroyed && request.url === '/resume' && !(error instanceof Refusal);
          throw error;
        }
      }
    },
  ),
  mutant(
    'dies-of-noise',
    'bytes that are no HTTP end the process',
    ['http/no-http'],
    class extends Plain {
      override async main() {
        await super.main();
        this.server?.on('clientError', (error: NodeJS.ErrnoException) => {
          if (error.code?.startsWith('HPE_INVALID')) this.host.exit(1);
        });
      }
    },
  ),
];
