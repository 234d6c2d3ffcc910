import { type Bench, expect } from '../bench.ts';
import { Blocked, type Check, Failed, NotApplicable, shown, spec } from '../check.ts';
import { fromGoJson, type Metadata } from '../wire/go-json.ts';

const SECTION = 'Required Endpoints';
const RFC3339 =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** How far two clocks may be apart. */
const SKEW = 5 * 60_000;

async function body(bench: Bench): Promise<Metadata> {
  const { text } = await bench.health();
  const value = text === '' ? undefined : fromGoJson(text);
  if (!value) throw new Blocked(`GET /health answered no JSON object: ${shown(text)}`);
  return value;
}

function fieldCheck(id: string, field: string, type: string, text: string, fix: string): Check {
  return {
    id,
    level: 'required',
    sentence: `tells "${field}" as a ${type}`,
    source: spec(SECTION, text),
    fix,
    async run(bench) {
      const value = (await body(bench))[field];
      expect(
        typeof value === type && value !== '',
        `a ${type} in "${field}"`,
        shown(JSON.stringify(value) ?? ''),
      );
    },
  };
}

export const health: Check[] = [
  {
    id: 'health/ok',
    level: 'required',
    sentence: 'answers GET /health with 200',
    source: spec(SECTION, 'Response: 200 OK'),
    fix: 'Serve GET /health, from the first moment on, with 200 while the service is well.',
    async run(bench) {
      const { status, text } = await bench.health();
      expect(status === 200, '200', `${status}: ${shown(text)}`);
    },
  },
  {
    id: 'health/json',
    level: 'required',
    sentence: 'answers GET /health with a JSON object',
    source: spec(SECTION, '"healthy": true'),
    fix: 'Answer {"timestamp", "uptime", "message", "healthy"} as JSON.',
    async run(bench) {
      const { text } = await bench.health();
      expect(text !== '' && fromGoJson(text) !== undefined, 'a JSON object', shown(text));
    },
  },
  {
    id: 'health/content-type',
    level: 'required',
    sentence: 'names application/json as the type of its health',
    source: spec('6. Health Checks', 'w.Header().Set("Content-Type", "application/json")'),
    fix: 'Set Content-Type: application/json on the answer of /health.',
    async run(bench) {
      const type = (await bench.health()).headers['content-type'] ?? '';
      expect(/^application\/json\b/i.test(type), 'Content-Type: application/json', shown(type));
    },
  },
  {
    id: 'health/timestamp',
    level: 'required',
    sentence: 'tells "timestamp" as an RFC 3339 time',
    source: spec(SECTION, '"timestamp": "2025-10-14T10:30:00Z",'),
    fix: 'Write the time as 2025-10-14T10:30:00Z; not as a number, and not in the words of a locale.',
    async run(bench) {
      const { timestamp } = await body(bench);
      const fits =
        typeof timestamp === 'string' && RFC3339.test(timestamp) && !Number.isNaN(Date.parse(timestamp));
      expect(
        fits,
        'a time such as 2025-10-14T10:30:00Z in "timestamp"',
        shown(JSON.stringify(timestamp) ?? ''),
      );
    },
  },
  {
    id: 'health/timestamp-now',
    level: 'required',
    sentence: 'tells the time of the answer in "timestamp"',
    source: spec('6. Health Checks', 'Timestamp: time.Now().UTC().Format(time.RFC3339),'),
    fix: 'Take the time when answering, with its right offset: local time marked as Z is off by hours.',
    async run(bench) {
      const { timestamp } = await body(bench);
      const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
      if (Number.isNaN(time)) throw new Blocked('"timestamp" is no time');
      const off = Math.round((time - Date.now()) / 1000);
      expect(Math.abs(off * 1000) <= SKEW, `now, ${new Date().toISOString()}`, `${timestamp}, ${off} s off`);
    },
  },
  fieldCheck(
    'health/uptime',
    'uptime',
    'number',
    '"uptime": 123.45,',
    'Tell the seconds since the start as a JSON number, not as a text such as "2m3s".',
  ),
  {
    id: 'health/uptime-grows',
    level: 'required',
    sentence: 'tells an uptime that grows',
    source: spec('6. Health Checks', 'Uptime:    time.Since(startTime).Seconds(),'),
    fix: 'Count from the start of the process, with each answer anew.',
    async run(bench) {
      const started = performance.now();
      const { uptime: first } = await body(bench);
      if (typeof first !== 'number') throw new Blocked('"uptime" is no number');
      // Whole seconds are allowed, so that it may take one.
      for (let pause = 20; performance.now() - started < 1_300; pause *= 2) {
        await new Promise((done) => setTimeout(done, pause));
        const { uptime } = await body(bench);
        if (typeof uptime === 'number' && uptime > first) return;
        if (uptime !== first) throw new Failed(`more than ${first} in "uptime" later on`, String(uptime));
      }
      throw new Failed(`more than ${first} in "uptime" after a second`, 'the same');
    },
  },
  {
    id: 'health/uptime-seconds',
    level: 'required',
    sentence: 'counts the uptime in seconds',
    source: spec('6. Health Checks', 'Uptime:    time.Since(startTime).Seconds(),'),
    fix: 'Divide by 1000 (or by 1e9): the unit is the second.',
    async run(bench) {
      const started = performance.now();
      const { uptime: first } = await body(bench);
      await new Promise((done) => setTimeout(done, 30));
      const { uptime: second } = await body(bench);
      if (typeof first !== 'number' || typeof second !== 'number') throw new Blocked('"uptime" is no number');
      const elapsed = (performance.now() - started) / 1000;
      expect(
        second - first <= elapsed + 1.05,
        `at most ${elapsed.toFixed(2)} s more`,
        `${second - first} more`,
      );
    },
  },
  fieldCheck(
    'health/message',
    'message',
    'string',
    '"message": "Service is running",',
    'Say in a few words how the service is.',
  ),
  fieldCheck(
    'health/healthy',
    'healthy',
    'boolean',
    '"healthy": true',
    'Tell true or false, not a text or a number.',
  ),
  {
    id: 'health/status-agrees',
    level: 'required',
    sentence: 'answers 200 with "healthy": true and 503 with "healthy": false',
    source: spec('6. Health Checks', 'statusCode = 503'),
    fix: 'Derive status and "healthy" from the same value: probes read the status, people the body.',
    async run(bench) {
      const { status, text } = await bench.health();
      const value = fromGoJson(text)?.healthy;
      if (typeof value !== 'boolean') throw new Blocked('"healthy" is neither true nor false');
      const agrees = value ? status < 300 : status === 503;
      // That it is not well in the first place is the matter of health/ok.
      if (status === 503 && !value) return;
      expect(
        agrees,
        value ? '200 with "healthy": true' : '503 with "healthy": false',
        `${status} with ${value}`,
      );
    },
  },
  {
    id: 'health/during-call',
    level: 'robust',
    sentence: 'answers /health while a verb runs',
    source: spec('Health Check', 'GET /health'),
    fix: 'Run verbs beside the server (another thread, asynchronous calls): a probe that gets no answer ends the Pod in the middle of its work.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      const { gate } = await bench.scene();
      const inside = gate.close();
      const verb = life.call('install').catch(() => undefined);
      const first = await Promise.race([inside.then(() => 'inside'), verb.then(() => 'done')]);
      try {
        if (first === 'done')
          throw new NotApplicable(
            'install asks nothing of the cluster, so that it cannot be made to take long',
          );
        await bench.health(life.runner).catch((error: Error) => {
          throw new Failed('an answer to GET /health while install runs', error.message);
        });
      } finally {
        gate.open();
        await verb;
      }
    },
  },
  {
    id: 'health/without-cluster',
    level: 'robust',
    sentence: 'answers /health while its cluster does not answer',
    source: spec('6. Health Checks', '// Check dependencies (database, external APIs, etc.)'),
    fix: 'Give every question that /health asks a time limit of a second or two, and tell what is known then.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      const { proxy } = await bench.scene();
      proxy.inject({ fault: { kind: 'hang' } });
      const { status } = await bench.health(life.runner).catch((error: Error) => {
        throw new Failed('an answer to GET /health', error.message);
      });
      expect(status < 300 || status === 503, '200 or 503', String(status));
    },
  },
];
