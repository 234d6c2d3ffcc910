import { Agent } from 'node:http';
import { SUCCESS, type Verb } from '@forkspacer/contract';
import type { Bench } from '../bench.ts';
import { expect } from '../bench.ts';
import { Blocked, type Check, Failed, operator, shown, spec } from '../check.ts';
import type { Life } from '../life.ts';
import type { Runner } from '../target/target.ts';
import { fromGoJson } from '../wire/go-json.ts';
import { isDone } from '../wire/post.ts';
import { type Answer, raw, send } from '../wire/send.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Brings the life to where a verb has its plain meaning. */
async function before(life: Life, verb: Verb): Promise<void> {
  if (verb === 'install') await life.beAway();
  else if (verb === 'resume') await life.beAsleep();
  else await life.beAwake();
}

function codeCheck(verb: Verb, id: string, text: string): Check {
  const code = SUCCESS[verb];
  return {
    id,
    level: 'required',
    sentence: `answers POST /${verb} with ${code} when it is done`,
    source: spec('Required Endpoints', text),
    fix: `Answer ${code}, and no other 2xx code: the operator takes everything else for a failure. When ${verb} needs values, give them with --config.`,
    async run(bench) {
      const life = await bench.shared();
      await before(life, verb);
      const answer = await life.call(verb);
      expect(answer.status === code, `${code}`, `${answer.status}: ${shown(answer.text)}`);
    },
  };
}

/** What the operator sends that is no object is answered 400. */
async function refuses(bench: Bench, verb: Verb, body: string): Promise<Answer> {
  const life = await bench.shared();
  const answer = await life.call(verb, body);
  expect(answer.status === 400, `400 to POST /${verb} with ${shown(body, 40)}`, String(answer.status));
  return answer;
}

const alive = async (bench: Bench, runner: Runner, after: string): Promise<void> => {
  const { status } = await bench.health(runner).catch((error: Error) => {
    throw new Failed(`an answer to GET /health after ${after}`, error.message);
  });
  expect(status < 500 || status === 503, `GET /health to be answered after ${after}`, String(status));
};

const rawPost = (path: string, headers: string[], body = '') =>
  [`POST ${path} HTTP/1.1`, 'Host: runner', ...headers, '', body].join('\r\n');

export const http: Check[] = [
  codeCheck(
    'install',
    'http/install-created',
    'Response: 201 Created (on success) or 400 Bad Request (on failure)',
  ),
  codeCheck(
    'uninstall',
    'http/uninstall-no-content',
    'Response: 204 No Content (on success) or 400 Bad Request (on failure)',
  ),
  codeCheck('sleep', 'http/sleep-ok', '- **Sleep** (`POST /sleep`): Hibernate or scale down resources'),
  codeCheck('resume', 'http/resume-ok', '- **Resume** (`POST /resume`): Wake up or scale up resources'),
  {
    id: 'http/no-content-is-empty',
    level: 'required',
    sentence: 'sends nothing after the headers of a 204',
    source: spec('Step 4: Create HTTP Handler', 'w.WriteHeader(204)'),
    fix: 'Write no body after a 204: the bytes would be read as the start of the next answer on the connection.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAwake();
      const body = JSON.stringify(life.metadata);
      const headers = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
      const { quiet, verb: timeout } = bench.timing;
      const text = await raw(life.runner.url, [rawPost('/uninstall', headers, body)], { quiet, timeout });
      life.installed = false;
      life.asleep = false;
      life.metadata = {};
      const end = text.indexOf('\r\n\r\n');
      if (!/^HTTP\/1\.[01] 204/.test(text)) throw new Blocked('uninstall did not answer 204');
      const after = text.slice(end + 4);
      expect(after === '', 'nothing after the headers', shown(after));
      const length = /^content-length: *([1-9]\d*)/im.exec(text.slice(0, end));
      expect(!length, 'no Content-Length', length?.[1] ?? '');
    },
  },
  {
    id: 'http/json-object',
    level: 'required',
    sentence: 'answers install, sleep and resume with a JSON object of metadata, or with nothing',
    source: operator(
      'What the operator does with an answer',
      'a 2xx body that is no JSON object is a failure',
    ),
    fix: 'Send the metadata as one JSON object; not a list, a text or "OK".',
    async run(bench) {
      const life = await bench.shared();
      await life.beAway();
      for (const verb of ['install', 'sleep', 'resume'] as const) {
        const { text } = await life.must(verb);
        expect(fromGoJson(text) !== undefined, `a JSON object from ${verb}`, shown(text));
      }
    },
  },
  {
    id: 'http/json-content-type',
    level: 'required',
    sentence: 'names application/json as the type of its metadata',
    source: spec('Step 4: Create HTTP Handler', 'w.Header().Set("Content-Type", "application/json")'),
    fix: 'Set Content-Type: application/json on the answers of install, sleep and resume.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAwake();
      for (const verb of ['sleep', 'resume'] as const) {
        const { text, headers } = await life.must(verb);
        const type = headers['content-type'] ?? '';
        const fits = text === '' || /^application\/json\b/i.test(type);
        expect(fits, `Content-Type: application/json from ${verb}`, shown(type));
      }
    },
  },
  {
    id: 'http/empty-body',
    level: 'required',
    sentence: 'takes an empty body for empty metadata',
    source: spec('Step 4: Create HTTP Handler', 'if len(body) == 0 {'),
    fix: 'Do not parse an empty body as JSON: go on with {}.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAway();
      const object = await life.call('install', '{}');
      await life.beAway();
      const empty = await life.call('install', '');
      expect(
        empty.status === object.status,
        `${object.status}, as with {}`,
        `${empty.status}: ${shown(empty.text)}`,
      );
    },
  },
  {
    id: 'http/malformed',
    level: 'required',
    sentence: 'answers a body that is no JSON with 400',
    source: spec(
      'Step 4: Create HTTP Handler',
      'return nil, fmt.Errorf("failed to unmarshal request body: %w", err)',
    ),
    fix: 'Parse the body before anything else, and answer 400 when it does not parse.',
    async run(bench) {
      for (const verb of ['install', 'sleep', 'resume', 'uninstall'] as const)
        await refuses(bench, verb, '{"a":');
    },
  },
  {
    id: 'http/not-an-object',
    level: 'required',
    sentence: 'answers JSON that is no object with 400',
    source: spec(
      'Working with Metadata',
      'The metadata parameter in each endpoint is a JSON object that persists across lifecycle operations.',
    ),
    fix: 'Check after parsing that the body is an object: a list, a text or a number is answered 400.',
    async run(bench) {
      for (const body of ['[]', '"text"', '1']) await refuses(bench, 'sleep', body);
    },
  },
  {
    id: 'http/unknown-path',
    level: 'required',
    sentence: 'does not answer a path that is no endpoint with success',
    source: spec(
      'Custom Module Capabilities',
      'A custom module must implement four core lifecycle endpoints:',
    ),
    fix: 'Answer 404 to every path but the five endpoints.',
    async run(bench) {
      const { url } = (await bench.shared()).runner;
      const { status } = await send(url, '/no-such-endpoint', {
        body: '{}',
        headers: JSON_TYPE,
        timeout: bench.timing.health,
      });
      expect(status >= 400 && status < 500, '404', String(status));
    },
  },
  {
    id: 'http/verbs-are-posts',
    level: 'required',
    sentence: 'does nothing when a verb is called with GET',
    source: spec('Step 3: Write HTTP Server Code', 'mux.HandleFunc("POST /install", handler.Install)'),
    fix: 'Answer 405 to every method but POST: a crawler or a probe must not install anything.',
    async run(bench) {
      const { url } = (await bench.shared()).runner;
      for (const path of ['/install', '/sleep', '/resume', '/uninstall']) {
        const { status } = await send(url, path, { method: 'GET', timeout: bench.timing.health });
        expect(status >= 400 && status < 500, `405 to GET ${path}`, String(status));
      }
    },
  },
  {
    id: 'http/body-in-pieces',
    level: 'required',
    sentence: 'puts a body together that arrives in pieces',
    source: spec('Step 4: Create HTTP Handler', 'body, err := io.ReadAll(r.Body)'),
    fix: 'Read until Content-Length bytes have come; one read may return less.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      const body = JSON.stringify({ ...life.metadata, conformance: 'in pieces' });
      const headers = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
      const cut = Math.floor(body.length / 2);
      const head = rawPost('/resume', headers);
      const { quiet, verb: timeout } = bench.timing;
      const text = await raw(life.runner.url, [head, body.slice(0, cut), body.slice(cut)], {
        quiet,
        timeout,
      });
      life.asleep = false;
      expect(/^HTTP\/1\.[01] 2/.test(text), 'success', shown(text.split('\r\n')[0] ?? ''));
    },
  },
  {
    id: 'http/chunked-body',
    level: 'robust',
    sentence: 'reads a body that comes in chunks',
    source: spec('Step 4: Create HTTP Handler', 'body, err := io.ReadAll(r.Body)'),
    fix: 'Take Transfer-Encoding: chunked; a proxy or a mesh may send the body so.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      const body = JSON.stringify({ ...life.metadata, conformance: 'chunked' });
      const { status, text } = await life.call('resume', body, {
        headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' },
      });
      expect(status < 300, 'success', `${status}: ${shown(text)}`);
      if (fromGoJson(text)?.conformance === undefined) {
        await life.beAsleep();
        const plain = fromGoJson(
          (await life.must('resume', { ...life.metadata, conformance: 'plain' })).text,
        );
        expect(plain?.conformance === undefined, 'the metadata of the body', 'that of an empty one');
      }
    },
  },
  {
    id: 'http/keep-alive',
    level: 'required',
    sentence: 'answers every call on a connection that it keeps open',
    source: operator('What a runner sees', 'One Go connection is reused for all calls'),
    fix: 'Read each body to its end and answer the next call on the same connection, or say Connection: close.',
    async run(bench) {
      const { url } = (await bench.shared()).runner;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (let call = 1; call <= 4; call++) {
          const sent = { method: 'GET', agent, timeout: bench.timing.health };
          const answer = await send(url, '/health', sent).catch((error: Error) => {
            throw new Failed(`an answer to call ${call} on one connection`, error.message);
          });
          expect(
            answer.status < 400 || answer.status === 503,
            `call ${call} answered`,
            String(answer.status),
          );
        }
      } finally {
        agent.destroy();
      }
    },
  },
  {
    id: 'http/connection-close',
    level: 'recommended',
    sentence: 'closes the connection after each answer to a verb, and says so',
    source: operator(
      'What the operator does with an answer',
      '`Connection: close` on every answer removes it (23 of 400 lost without, 0 of 400 with).',
    ),
    fix: 'Set Connection: close on every answer: a call that meets a connection being closed is lost, and the operator does not repeat it.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAwake();
      for (const verb of ['sleep', 'resume'] as const) {
        const agent = new Agent({ keepAlive: true });
        const answer = await life.call(verb, life.metadata, { agent }).finally(() => agent.destroy());
        const { connection } = answer.headers;
        expect(
          connection?.toLowerCase() === 'close',
          `Connection: close from ${verb}`,
          shown(connection ?? ''),
        );
      }
    },
  },
  {
    id: 'http/encoding',
    level: 'required',
    sentence: 'sends its answers plain, or in gzip',
    source: operator('What a runner sees', '`Accept-Encoding: gzip`'),
    fix: 'Do not compress, or only with gzip: the operator reads nothing else.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      const { headers } = await life.must('resume');
      const encoding = headers['content-encoding'] ?? 'identity';
      expect(['identity', 'gzip'].includes(encoding), 'no Content-Encoding', shown(encoding));
    },
  },
  {
    id: 'http/any-content-type',
    level: 'robust',
    sentence: 'reads the body whether or not a Content-Type is given',
    source: spec('Step 4: Create HTTP Handler', 'err = json.Unmarshal(body, &data)'),
    fix: 'Do not ask for a Content-Type: people call a module with curl -d, too.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      const { status, text } = await life.call('resume', life.metadata, { headers: {} });
      expect(status < 300, 'success', `${status}: ${shown(text)}`);
    },
  },
  {
    id: 'http/large-metadata',
    level: 'required',
    sentence: 'takes 48 KiB of metadata',
    source: operator(
      'What the operator does with an answer',
      'Metadata lives in an annotation: 256 KiB for all annotations together.',
    ),
    fix: 'Raise the limit of the body parser to 256 KiB: what was answered once comes back with every call.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      const { metadata } = life;
      const { status, text } = await life.call('resume', { ...metadata, conformance: 'x'.repeat(48 * 1024) });
      life.metadata = metadata;
      expect(status < 300, 'success', `${status}: ${shown(text)}`);
    },
  },
  {
    id: 'http/huge-body',
    level: 'robust',
    sentence: 'goes on after a body of 2 MiB',
    source: operator('What a runner sees', 'A bare Pod in `forkspacer-system`, `restartPolicy: Never`'),
    fix: 'Limit the body and answer 400 beyond it: a runner that runs out of memory is not started again.',
    async run(bench) {
      const life = await bench.shared();
      const { metadata } = life;
      const body = JSON.stringify({ ...metadata, conformance: 'x'.repeat(2 * 1024 * 1024) });
      // Whether it is answered or cut off is the module's choice.
      await life.call('resume', body).catch(() => {});
      life.metadata = metadata;
      await alive(bench, life.runner, 'a body of 2 MiB');
    },
  },
  {
    id: 'http/deep-body',
    level: 'robust',
    sentence: 'goes on after a body that is nested 200,000 deep',
    source: operator('What a runner sees', 'A bare Pod in `forkspacer-system`, `restartPolicy: Never`'),
    fix: 'Limit how deep a body may nest, or survive the stack overflow: a runner that died is not started again.',
    async run(bench) {
      const life = await bench.shared();
      const { metadata } = life;
      await life
        .call('resume', `{"conformance":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)
        .catch(() => {});
      life.metadata = metadata;
      await alive(bench, life.runner, 'a deep body');
    },
  },
  {
    id: 'http/many-at-once',
    level: 'required',
    sentence: 'answers 20 calls at once',
    source: spec(
      'What are Custom Modules?',
      'Custom modules are containerized HTTP services that implement a REST API for lifecycle management.',
    ),
    fix: 'Take connections in parallel: let a call wait for another one, but answer it.',
    async run(bench) {
      const { runner } = await bench.shared();
      const calls = Array.from({ length: 20 }, () =>
        bench.health(runner).then(
          ({ status }) => String(status),
          (error: Error) => error.message,
        ),
      );
      const other = (await Promise.all(calls)).filter((each) => !/^(2..|503)$/.test(each));
      expect(
        other.length === 0,
        '20 answers to 20 calls of /health',
        `${other.length} others, such as ${other[0]}`,
      );
    },
  },
  {
    id: 'http/stalled-caller',
    level: 'robust',
    sentence: 'answers others while one caller has sent half a request',
    source: spec('Health Check', 'GET /health'),
    fix: 'Serve each connection for itself: one that stalls must not hold up the others.',
    async run(bench) {
      const { runner } = await bench.shared();
      const { verb: timeout } = bench.timing;
      const half = rawPost('/sleep', ['Content-Type: application/json', 'Content-Length: 10'], '{"a"');
      const stalled = new AbortController();
      const open = raw(runner.url, [half], { quiet: 1, timeout, signal: stalled.signal }).catch(() => {});
      try {
        await new Promise((done) => setTimeout(done, 20));
        await alive(bench, runner, 'half a request of another caller');
      } finally {
        stalled.abort();
        await open;
      }
    },
  },
  {
    id: 'http/caller-gone',
    level: 'robust',
    sentence: 'takes the repeat of a call whose caller went away in the middle',
    source: spec('3. Context Awareness', 'Respect context cancellation:'),
    fix: 'End or finish the work of a caller that went away, so that the same call again is done.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      const body = JSON.stringify(life.metadata);
      const headers = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
      const gone = AbortSignal.timeout(5 * bench.timing.quiet);
      // It leaves in the middle of the body.
      await raw(life.runner.url, [rawPost('/resume', headers, body.slice(0, -1))], {
        quiet: 1,
        timeout: bench.timing.verb,
        signal: gone,
      }).catch(() => {});
      const answer = await life.call('resume');
      expect(isDone(answer), 'success', `${answer.status}: ${shown(answer.text)}`);
    },
  },
  {
    id: 'http/no-http',
    level: 'robust',
    sentence: 'goes on after bytes that are no HTTP',
    source: operator('What a runner sees', 'A bare Pod in `forkspacer-system`, `restartPolicy: Never`'),
    fix: 'Close the connection, or answer 400: a port scan must not end the process.',
    async run(bench) {
      const { runner } = await bench.shared();
      const { quiet, health: timeout } = bench.timing;
      await raw(runner.url, ['\x16\x03\x01\x02\x00\x01\x00 nonsense\r\n\r\n'], { quiet, timeout }).catch(
        () => {},
      );
      await alive(bench, runner, 'bytes that are no HTTP');
    },
  },
];
