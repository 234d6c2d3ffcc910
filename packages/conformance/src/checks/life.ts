import type { Verb } from '@forkspacer/contract';
import { type Bench, expect } from '../bench.ts';
import { type Check, Failed, operator, shown, spec } from '../check.ts';
import type { Life } from '../life.ts';
import { isDone } from '../wire/post.ts';
import { type Answer, NoAnswer } from '../wire/send.ts';

const IDEMPOTENT = spec('2. Idempotency', 'Make all operations idempotent:');

async function done(call: Promise<Answer>, what: string): Promise<void> {
  const answer = await call;
  expect(isDone(answer), `success of ${what}`, `${answer.status}: ${shown(answer.text)}`);
}

function twice(verb: Verb, prepare: (life: Life) => Promise<void>): Check {
  return {
    id: `life/${verb}-twice`,
    level: 'required',
    sentence: `does ${verb} again when it is called again`,
    source: IDEMPOTENT,
    fix: `Let ${verb} bring about its end state from wherever it starts: what is done already is a success.`,
    async run(bench) {
      const life = await bench.shared();
      await prepare(life);
      const { metadata } = life;
      await life.must(verb);
      // After an uninstall there is no metadata any more, but the repeat of a call comes with what it came with.
      await done(life.call(verb, verb === 'uninstall' ? metadata : life.metadata), `a second ${verb}`);
    },
  };
}

/** In the wrong order a verb may be done or refused; either way so that the operator understands it. */
function first(verb: 'sleep' | 'resume'): Check {
  return {
    id: `life/${verb}-first`,
    level: 'recommended',
    sentence: `does ${verb} without an install before it, or refuses it with 400`,
    source: operator(
      'What the operator does with an answer',
      "Only a 400's body is shown (it goes into an Event",
    ),
    fix: `Answer 400 with a line that says what is missing when ${verb} finds nothing installed; no other status, and no crash.`,
    async run(bench) {
      const life = await bench.shared();
      await life.beAway();
      const { status } = await life.call(verb, {});
      life.asleep = false;
      expect(status < 300 || status === 400, 'success or 400', String(status));
    },
  };
}

export const life: Check[] = [
  twice('install', (life) => life.beAway()),
  twice('sleep', (life) => life.beAwake()),
  twice('resume', (life) => life.beAsleep()),
  twice('uninstall', (life) => life.beAwake()),
  {
    id: 'life/install-repeated',
    level: 'recommended',
    sentence: 'takes a second install with {} for the repeat that it may be',
    source: operator(
      'What the operator does with an answer',
      'An `{}` call on a runner that has installed is answered as the repeat that it may be',
    ),
    fix: 'Look at the cluster, not at the metadata, to find out what is installed already; answer 201 again.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAway();
      await life.must('install', {});
      await done(life.call('install', {}), 'a second install with {}');
    },
  },
  {
    id: 'life/second-night',
    level: 'required',
    sentence: 'sleeps and resumes again and again',
    source: spec(
      'Custom Module Capabilities',
      '- **Sleep** (`POST /sleep`): Hibernate or scale down resources',
    ),
    fix: 'Resume must leave everything ready for the next sleep.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      await life.must('resume');
      await done(life.call('sleep'), 'the second sleep');
      await done(life.call('resume'), 'the second resume');
    },
  },
  {
    id: 'life/uninstall-asleep',
    level: 'required',
    sentence: 'can be uninstalled while asleep',
    source: spec(
      'Custom Module Capabilities',
      '- **Uninstall** (`POST /uninstall`): Remove resources and clean up',
    ),
    fix: 'Do not ask for a resume first: a workspace may be deleted in its sleep.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAsleep();
      await done(life.call('uninstall'), 'uninstall while asleep');
    },
  },
  {
    id: 'life/resume-awake',
    level: 'recommended',
    sentence: 'takes a resume while awake for done',
    source: IDEMPOTENT,
    fix: 'Answer 200 when there is nothing to wake.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAway();
      await life.must('install');
      await done(life.call('resume'), 'resume while awake');
    },
  },
  {
    id: 'life/again',
    level: 'recommended',
    sentence: 'can be installed again after an uninstall',
    source: operator('What the operator does with an answer', 'A fork may create its Modules twice.'),
    fix: 'Keep nothing in memory or in the cluster that stops a new install.',
    async run(bench) {
      const life = await bench.shared();
      if (!life.wasInstalled) await life.beAwake();
      await life.beAway();
      await done(life.call('install', {}), 'install after uninstall');
    },
  },
  first('sleep'),
  first('resume'),
  {
    id: 'life/uninstall-first',
    level: 'recommended',
    sentence: 'answers an uninstall with {} on a fresh process with success',
    source: operator(
      'What the operator does with an answer',
      'So uninstall from `{}` on a fresh process must find what is ours on the cluster.',
    ),
    fix: 'Answer 204 when nothing is found: the operator calls it after a failed install, and drops the finalizer whatever the answer.',
    needs: ['process'],
    own: true,
    async run(bench) {
      await done((await bench.life()).call('uninstall', {}), 'uninstall with {} where nothing is installed');
    },
  },
  {
    id: 'life/restart',
    level: 'robust',
    sentence: 'goes on after a restart, with nothing but the last metadata',
    source: spec('Working with Metadata', 'Use it to store state information.'),
    fix: 'Keep no state in the process: what the next verb needs is in the metadata or on the cluster.',
    needs: ['process'],
    own: true,
    async run(bench) {
      let life = await bench.life();
      await life.must('install');
      for (const verb of ['sleep', 'resume', 'uninstall'] as const) {
        await life.runner.kill();
        life = life.movedTo(await bench.start());
        await done(life.call(verb), `${verb} after a restart`);
      }
    },
  },
  {
    id: 'life/at-once',
    level: 'robust',
    sentence: 'answers the same verb twice at once with success',
    source: IDEMPOTENT,
    fix: 'Do one verb at a time: let the second call wait, or give it the result of the first.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAwake();
      for (const verb of ['sleep', 'resume'] as const) {
        const { metadata } = life;
        const answers = await Promise.all([life.call(verb, metadata), life.call(verb, metadata)]);
        const bad = answers.find((answer) => !isDone(answer));
        expect(!bad, `success of two calls of ${verb} at once`, `${bad?.status}: ${shown(bad?.text ?? '')}`);
      }
    },
  },
  {
    id: 'life/in-time',
    level: 'recommended',
    sentence: 'answers every verb in time',
    source: operator(
      'What a runner sees',
      'There is no client time limit and one call per worker: ten hung runners freeze the operator.',
    ),
    fix: 'Give every wait a limit, and answer 400 before five minutes are over: after that the Module is failed whatever is answered. --timeout says how long is waited here.',
    async run(bench) {
      const life = await bench.shared();
      await inTime(bench, life.beAway());
      for (const verb of ['install', 'sleep', 'resume', 'uninstall'] as const) {
        await inTime(bench, life.call(verb));
      }
    },
  },
];

async function inTime(bench: Bench, call: Promise<unknown>): Promise<void> {
  await call.catch((error: Error) => {
    const silent = error instanceof NoAnswer ? error.timedOut : error.message.includes('none within');
    if (silent) throw new Failed(`an answer within ${bench.timing.verb / 1000} s`, error.message);
  });
}
