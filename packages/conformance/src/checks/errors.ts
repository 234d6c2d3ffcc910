import { ERROR_TEXT_LIMIT } from '@forkspacer/contract';
import { type Bench, expect } from '../bench.ts';
import { Blocked, type Check, Failed, NotApplicable, operator, shown, spec } from '../check.ts';
import { type Secret, secretsOf } from '../values/secrets.ts';
import { isDone } from '../wire/post.ts';
import type { Answer } from '../wire/send.ts';

const ANSWERS = 'What the operator does with an answer';
const EVENT = operator(
  ANSWERS,
  "Only a 400's body is shown (it goes into an Event: keep it to one line, under 700 bytes, no secrets).",
);

/** An error that every module has: a body that is no JSON. Long, so that a parser that quotes it shows its length. */
async function anError(bench: Bench): Promise<Answer> {
  const life = await bench.shared();
  const answer = await life.call('sleep', `{"a": "first\nsecond", ${'x'.repeat(3000)}`);
  if (answer.status !== 400) throw new Blocked(`a body that is no JSON was answered ${answer.status}`);
  return answer;
}

/** What a module says, in answers and in its log, over a life with every kind of error in it. */
async function said(bench: Bench): Promise<{ errors: string[]; log: string; secrets: Secret[] }> {
  const { config, secrets } = await secretsOf(bench);
  const life = await bench.life({ config });
  const { proxy } = await bench.scene();
  const answers: Answer[] = [];
  const call = async (...args: Parameters<typeof life.call>) => {
    const answer = await life.call(...args).catch(() => undefined);
    if (answer) answers.push(answer);
  };
  await call('sleep', {});
  await call('install', '{"a":');
  const refused = proxy.inject({
    fault: { kind: 'status', status: 403, message: 'forbidden by this check' },
  });
  await call('install');
  refused();
  for (const verb of ['install', 'sleep', 'resume', 'uninstall'] as const) await call(verb);
  const ownConfig = JSON.stringify(config);
  const broken = await bench.life({ config: `${ownConfig.slice(0, -1)}, broken` });
  const answer = await broken.call('install').catch(() => undefined);
  if (answer) answers.push(answer);
  return {
    errors: answers.filter((each) => !isDone(each)).map(({ text }) => text),
    log: life.runner.output() + broken.runner.output(),
    secrets,
  };
}

export const errors: Check[] = [
  {
    id: 'errors/text',
    level: 'required',
    sentence: 'says in the body of a 400 what is wrong',
    source: spec('1. Error Handling', 'Always return descriptive errors:'),
    fix: 'Write the reason into the body as text: it is all that people get to see.',
    async run(bench) {
      const { text } = await anError(bench);
      expect(text.trim() !== '', 'a text in the body of a 400', 'an empty one');
    },
  },
  {
    id: 'errors/one-line',
    level: 'recommended',
    sentence: 'keeps the text of a 400 to one line',
    source: EVENT,
    fix: 'Replace line breaks by spaces, and leave stack traces to the log.',
    async run(bench) {
      const { text } = await anError(bench);
      expect(!/[\r\n]./.test(text.trim()), 'one line', shown(text));
    },
  },
  {
    id: 'errors/short',
    level: 'recommended',
    sentence: `keeps the text of a 400 to ${ERROR_TEXT_LIMIT} bytes`,
    source: EVENT,
    fix: 'Cut the text off, and do not quote what was sent.',
    async run(bench) {
      const { text } = await anError(bench);
      const size = Buffer.byteLength(text);
      expect(size <= ERROR_TEXT_LIMIT, `at most ${ERROR_TEXT_LIMIT} bytes`, String(size));
    },
  },
  {
    id: 'errors/plain-text',
    level: 'recommended',
    sentence: 'writes the text of a 400 for people: no HTML, no JSON',
    source: EVENT,
    fix: 'Answer text/plain. Frameworks answer with an HTML page or a JSON object of their own: replace their error handler.',
    async run(bench) {
      const { text, headers } = await anError(bench);
      const type = headers['content-type'] ?? '';
      const plain = !/html|json/i.test(type) && !/^\s*[<{[]/.test(text);
      expect(plain, 'plain text', `${type}: ${shown(text, 80)}`);
    },
  },
  {
    id: 'errors/goes-on',
    level: 'required',
    sentence: 'does the next call after an error',
    source: spec('1. Error Handling', 'Always return descriptive errors:'),
    fix: 'Leave nothing locked or half done behind when a call is refused.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAway();
      await life.must('install');
      await anError(bench);
      for (const verb of ['sleep', 'resume'] as const) {
        const answer = await life.call(verb);
        expect(
          isDone(answer),
          `success of ${verb} after an error`,
          `${answer.status}: ${shown(answer.text)}`,
        );
      }
    },
  },
  {
    id: 'errors/refused-by-cluster',
    level: 'recommended',
    sentence: 'answers 400 with a text when its cluster refuses',
    source: operator(ANSWERS, 'Any other status hides the text.'),
    fix: 'Catch what the Kubernetes client throws, and answer 400 with its reason; not 500, and never success.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      const { proxy } = await bench.scene();
      proxy.inject({ fault: { kind: 'status', status: 403, message: 'forbidden by this check' } });
      const { status, text } = await life.call('install');
      if (proxy.calls.length === 0) throw new NotApplicable('install asks nothing of the cluster');
      expect(status === 400 && text.trim() !== '', '400 with a text', `${status}: ${shown(text)}`);
    },
  },
  {
    id: 'errors/no-kubeconfig',
    level: 'recommended',
    sentence: 'answers install with success or 400 when no kubeconfig is mounted',
    source: operator('What a runner sees', '`config.json` (era 3: the raw user input'),
    fix: 'Read workspace_kubeconfig when a verb needs it; when it is not there, answer 400 and name the permission `workspace`.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const life = await bench.life({ withoutKubeconfig: true });
      const { status, text } = await life.call('install');
      expect(status < 300 || status === 400, 'success or 400', `${status}: ${shown(text)}`);
    },
  },
  {
    id: 'errors/no-secrets',
    level: 'recommended',
    sentence: 'says no secret in an error',
    source: EVENT,
    fix: 'Never put the config, a URL with a password or a kubeconfig into an error text; redact what libraries say.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const { errors, secrets } = await said(bench);
      const leaked = secrets.find(({ value }) => errors.some((text) => text.includes(value)));
      if (leaked) throw new Failed('no secret in the text of an error', leaked.name);
    },
  },
  {
    id: 'errors/no-secrets-logged',
    level: 'robust',
    sentence: 'writes no secret to its log',
    source: spec('4. Structured Logging', 'Use structured logging throughout:'),
    fix: 'Log the names of what was configured, not the config itself.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const { log, secrets } = await said(bench);
      const leaked = secrets.find(({ value }) => log.includes(value));
      if (leaked) throw new Failed('no secret in the output', leaked.name);
    },
  },
];
