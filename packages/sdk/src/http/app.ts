import {
  FAILURE,
  healthAnswer,
  METADATA_LIMIT,
  oneLine,
  SUCCESS,
  VERBS,
  type Verb,
} from '@forkspacer/contract';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { Executor, HealthWord } from '../call/call.ts';
import { foreignText, ownerOf } from '../call/foreign.ts';
import type { Log } from '../define-module.ts';
import { DRAWS, TIMES, type Times } from '../times.ts';
import { readBody } from './body.ts';
import { parseMetadata } from './metadata.ts';
import { Turns } from './turns.ts';

/** Metadata comes with the operator's own escapes and white space; what a module may keep is counted elsewhere. */
const BODY_LIMIT = 2 * METADATA_LIMIT;

export interface AppOptions {
  /** The module's name. */
  name: string;
  executor: Executor;
  times?: Partial<Times>;
  log: Log;
  /** FORKSPACER_INSTANCE. With it a call without metadata is known to be for this instance. */
  instance?: string;
  /** Told of every answer to a verb. */
  onAnswer?(answer: { verb: Verb; status: number; seconds: number }): void;
}

export interface App {
  app: Express;
  /** Takes no more calls; a running one may go on for `times.shutdown`. */
  stop(): Promise<void>;
}

/** The HTTP surface of a module: what the operator calls, exactly, and nothing else. */
export function httpApp(options: AppOptions): App {
  const { name, executor, log, instance } = options;
  const times: Times = { ...TIMES, ...options.times };
  const turns = new Turns({ name, executor, times, ...(instance === undefined ? {} : { instance }) });
  /** This process has answered an install that came without metadata: a second one may be another runner's. */
  let installedUnnamed = false;
  let lastWord: HealthWord = { healthy: true };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');

  app.use((request, response, next) => {
    // Go's client does not repeat a POST that met a connection being closed; without keep-alive there is no such race.
    response.setHeader('Connection', 'close');
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      answerText(response, FAILURE, 'expected a Host header, found none');
    } else next();
  });

  app
    .route('/health')
    .get(async (_request, response) => {
      lastWord = (await executor.health()) ?? lastWord;
      const { status, body } = healthAnswer({ uptime: process.uptime(), ...lastWord });
      answerJson(response, status, body);
    })
    .all((request, response) => methodNotAllowed(request, response, 'GET, HEAD'));

  for (const verb of VERBS) {
    app
      .route(`/${verb}`)
      .post(async (request, response) => {
        const started = performance.now();
        const refusal = await answerCall(verb, request, response);
        const seconds = (performance.now() - started) / 1000;
        const status = response.statusCode;
        const fields = { verb, status, ms: Math.round(seconds * 1000) };
        if (refusal === undefined) log.info(fields, 'call answered');
        else log.warn({ ...fields, refusal }, 'call answered');
        options.onAnswer?.({ verb, status, seconds });
      })
      .all((request, response) => methodNotAllowed(request, response, 'POST'));
  }

  app.use((request, response) => {
    const paths = ['GET /health', ...VERBS.map((verb) => `POST /${verb}`)].join(', ');
    answerText(response, 404, `expected ${paths}, found ${request.method} ${request.path}`);
  });
  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    log.error({ err: error, path: request.path }, 'request failed');
    if (response.headersSent) response.destroy();
    else answerText(response, FAILURE, `${name}: unexpected error, see the module's log`);
  };
  app.use(onError);

  /** @returns the text of the answer, when it is a refusal */
  async function answerCall(verb: Verb, request: Request, response: Response): Promise<string | undefined> {
    const refuse = (status: number, text: string) => {
      answerText(response, status, text);
      return text;
    };
    const fail = (text: string) => refuse(FAILURE, text);
    const body = await readBody(request, BODY_LIMIT, times.body);
    if (!body.ok) return fail(`${name} ${verb}: ${body.text}`);
    const unsupported = body.bytes.length > 0 ? unsupportedType(request) : undefined;
    if (unsupported) return refuse(415, `${name} ${verb}: ${unsupported}`);
    const parsed = parseMetadata(body.bytes);
    if (!parsed.ok) return fail(`${name} ${verb}: ${parsed.text}`);
    const { metadata } = parsed;

    const draw = drawOf(request);
    const drawAgain = async () => {
      await new Promise((done) => setTimeout(done, times.pause));
      response.setHeader('Location', `/${verb}?draw=${draw + 1}`);
      return refuse(307, 'this call may be for another runner behind the same Service');
    };
    const owner = ownerOf(metadata);
    if (owner.module !== undefined && owner.module !== name) {
      if (draw < DRAWS) return drawAgain();
      return fail(foreignText(name, verb, metadata, {}));
    }
    const unnamed = instance === undefined && owner.instance === undefined;
    if (verb === 'install' && unnamed && draw < DRAWS) {
      const { running } = turns;
      const installing = running?.verb === 'install' && ownerOf(running.metadata).instance === undefined;
      if (installedUnnamed || installing) return drawAgain();
    }

    const outcome = await turns.call(verb, metadata);
    if (!outcome.done) return outcome.foreign && draw < DRAWS ? drawAgain() : fail(outcome.text);
    if (verb === 'install' && unnamed) installedUnnamed = true;
    if (verb === 'uninstall') installedUnnamed = false;
    if (SUCCESS[verb] === 204) {
      response.statusCode = 204;
      response.end();
    } else answerJson(response, SUCCESS[verb], outcome.metadata);
    return undefined;
  }

  return { app, stop: () => turns.stop(times.shutdown) };
}

function drawOf(request: Request): number {
  const draw = /[?&]draw=([0-9]{1,3})(?:&|$)/.exec(request.url)?.[1];
  return draw === undefined ? 0 : Number(draw);
}

/** What is wrong with how a body is written; none is needed, as in the reference module. */
function unsupportedType({ headers }: Request): string | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return `expected a body without Content-Encoding, found ${encoding}`;
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (!['', 'application/json'].includes(type.trim())) {
    return `expected Content-Type application/json, found ${type.trim()}`;
  }
  const charset = parameters.map((each) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(each)?.[1]).find(Boolean);
  return charset && !['utf-8', 'utf8', 'us-ascii'].includes(charset)
    ? `expected UTF-8, found ${charset}`
    : undefined;
}

function methodNotAllowed(request: Request, response: Response, allow: string): void {
  response.setHeader('Allow', allow);
  answerText(
    response,
    405,
    `expected ${allow.replace(', ', ' or ')} ${request.path}, found ${request.method}`,
  );
}

// Written with node's own response: Express's would look types up in a table of 150 kB that nothing else needs.
function answerText(response: Response, status: number, text: string): void {
  end(response, status, 'text/plain; charset=utf-8', oneLine(text));
}

function answerJson(response: Response, status: number, value: object): void {
  end(response, status, 'application/json', JSON.stringify(value));
}

function end(response: Response, status: number, type: string, body: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
