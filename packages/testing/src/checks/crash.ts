import type { Verb } from '@forkspacer/contract';
import type { RecordedCall } from '@forkspacer/embedded-cluster/testing';
import { expect } from 'vitest';
import type { Check, Group } from '../options.ts';
import { type Actor, onStage, type Stage, succeed } from '../stage.ts';
import { until } from '../until.ts';

/*
 * A process that dies before its next write leaves what one that died after its last write leaves. So dying after
 * none, one, two, ... of them is dying between any two, before the first and after the last.
 */

/** How to come to where a verb is called, again and again, on one stage. */
const WAYS: Record<Verb, { first: Verb[]; there: Verb[]; back: Verb[] }> = {
  install: { first: [], there: [], back: ['uninstall'] },
  sleep: { first: ['install'], there: [], back: ['resume'] },
  resume: { first: ['install'], there: ['sleep'], back: [] },
  uninstall: { first: [], there: ['install'], back: [] },
};

/** How a process died: `after` is its last write, absent when it had done none. */
interface Death {
  after: RecordedCall | undefined;
}

/** Calls a verb on a process that dies after so many writes; undefined when it had no more than that to do. */
export async function dieAfter(actor: Actor, verb: Verb, writes: number): Promise<Death | undefined> {
  const death = actor.proxy.dieAfterWrites(writes).then((after): Death => ({ after }));
  const answered = actor.operator.call(verb).then(
    () => undefined,
    () => undefined,
  );
  // With no write to come, it is dead already: what is waited for is that the call has begun.
  if (writes === 0) {
    await until('a call to the cluster', () => actor.proxy.calls.length > 0);
  }
  const died = await Promise.race([death, answered]);
  await actor.kill();
  await answered;
  return died;
}

export function inWords({ after }: Death): string {
  return after ? `died after ${after.method} ${after.path}` : 'died before its first write';
}

async function come(stage: Stage, verbs: Verb[]): Promise<Actor> {
  const actor = await stage.start();
  for (const each of verbs) await succeed(actor, each);
  return actor;
}

function crashCheck(verb: Verb): Check {
  const { first, there, back } = WAYS[verb];
  return {
    title: `${verb} that died between any two of its writes is mended by the same call on a fresh process`,
    run: (subject) =>
      onStage(subject, async (stage) => {
        let actor = await come(stage, [...first, ...there, verb]);
        const expected = await stage.snapshot();
        for (const each of back) await succeed(actor, each);
        for (let count = 0; ; count++) {
          for (const each of there) await succeed(actor, each);
          const died = await dieAfter(actor, verb, count);
          actor = await stage.replace(actor);
          if (!died) break;
          await succeed(actor, verb);
          await stage.expectState(expected, `${verb} that ${inWords(died)}, and was called again`);
          for (const each of back) await succeed(actor, each);
        }
      }),
  };
}

function againCheck(verb: Verb): Check {
  const { first, there, back } = WAYS[verb];
  return {
    title: `${verb} that dies again and again, each time a write later, comes to its end`,
    run: (subject) =>
      onStage(subject, async (stage) => {
        let actor = await come(stage, [...first, ...there, verb]);
        const expected = await stage.snapshot();
        for (const each of [...back, ...there]) await succeed(actor, each);
        for (let count = 0; ; count++) {
          const died = await dieAfter(actor, verb, count);
          actor = await stage.replace(actor);
          if (!died) break;
        }
        await succeed(actor, verb);
        await stage.expectState(expected, `${verb} that died after no write, then after one, two and so on`);
      }),
  };
}

const VERBS: Verb[] = ['install', 'sleep', 'resume', 'uninstall'];

export const crash: Group = {
  title: 'crash',
  checks: [
    ...VERBS.map(crashCheck),
    ...VERBS.map(againCheck),
    {
      title:
        'an install that died between any two of its writes is removed by an uninstall without metadata, once abandoned',
      run: (subject) =>
        onStage(subject, async (stage) => {
          for (let count = 0; ; count++) {
            const died = await dieAfter(await stage.start(), 'install', count);
            // As the real operator does it: another Pod, that knows no instance.
            const fresh = await stage.start({ instance: null, hostname: 'another', times: { abandoned: 0 } });
            await new Promise((resolve) => setTimeout(resolve, 2));
            await succeed(fresh, 'uninstall');
            await fresh.kill();
            const left = await stage.differences();
            // With its last write it was installed: that is nobody else's to remove, and comes with the repeat.
            if (!died || left.length > 0) {
              expect(
                count,
                `writes of an install after which /uninstall {} left:\n${left.join('\n')}`,
              ).toBeGreaterThan(1);
              const own = await stage.start();
              expect(await installedWith(own, stage), 'what the last write of an install is').toBe(count);
              return;
            }
          }
        }),
    },
  ],
};

/** How many writes an install from nothing takes. */
async function installedWith(actor: Actor, stage: Stage): Promise<number> {
  await succeed(actor, 'uninstall');
  await stage.expectNothingLeft();
  actor.proxy.reset();
  await succeed(actor, 'install');
  const { length } = actor.proxy.writes;
  await succeed(actor, 'uninstall');
  await stage.expectNothingLeft();
  return length;
}
