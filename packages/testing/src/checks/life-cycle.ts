import { SUCCESS, type Verb } from '@forkspacer/contract';
import { expect } from 'vitest';
import { differences, type Snapshot } from '../cluster/snapshot.ts';
import type { Group } from '../options.ts';
import { onStage, refused, succeed } from '../stage.ts';

export const lifeCycle: Group = {
  title: 'life cycle',
  checks: [
    {
      title: 'installs, sleeps, resumes, sleeps and resumes again, and leaves nothing behind',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          const { name } = subject.module;
          for (const verb of ['install', 'sleep', 'resume', 'sleep', 'resume'] as const) {
            const { metadata, headers } = await succeed(actor, verb);
            expect(metadata, `metadata of ${verb}`).toMatchObject({ module: name, instance: stage.instance });
            expect(headers, `headers of ${verb}`).toMatchObject({
              connection: 'close',
              'content-type': 'application/json',
            });
          }
          const { text } = await succeed(actor, 'uninstall');
          expect(text, 'the body of a 204').toBe('');
          await stage.expectNothingLeft();
        }),
    },
    {
      title: 'is awake again as it was before it slept, field by field',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          await succeed(actor, 'install');
          const awake = await stage.snapshot();
          await succeed(actor, 'sleep');
          const asleep = await stage.snapshot();
          expect(differences(awake, asleep), 'what sleep changes').not.toEqual([]);
          await succeed(actor, 'resume');
          await stage.expectState(awake, 'after resume, as after install');
          await succeed(actor, 'sleep');
          await stage.expectState(asleep, 'after the second sleep, as after the first');
          await succeed(actor, 'uninstall');
          await stage.expectNothingLeft('uninstalled asleep: what was there before, and nothing else');
        }),
    },
    {
      title: 'ends in the same state when each verb is called twice, on the same process or a fresh one',
      run: (subject) =>
        onStage(subject, async (stage) => {
          let actor = await stage.start();
          let awake: Snapshot | undefined;
          for (const verb of ['install', 'sleep', 'resume'] as const) {
            await succeed(actor, verb);
            const once = await stage.snapshot();
            awake ??= once;
            if (verb === 'resume') await stage.expectState(awake, 'after resume, as after install');
            await succeed(actor, verb);
            await stage.expectState(once, `after a second ${verb}`);
            actor = await stage.replace(actor);
            await succeed(actor, verb);
            await stage.expectState(once, `after a third ${verb}, on a fresh process`);
          }
          await succeed(actor, 'uninstall');
          await succeed(actor, 'uninstall');
          actor = await stage.replace(actor);
          await succeed(actor, 'uninstall');
          await stage.expectNothingLeft();
        }),
    },
    {
      title: 'answers two calls of the same verb at once with one result',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          for (const verb of ['install', 'sleep', 'resume', 'uninstall'] as const) {
            const answers = await Promise.all([actor.operator.call(verb), actor.operator.call(verb)]);
            expect(
              answers.map(({ status }) => status),
              verb,
            ).toEqual([SUCCESS[verb], SUCCESS[verb]]);
          }
          await stage.expectNothingLeft();
        }),
    },
    {
      title: 'takes verbs in the wrong order: each is done or refused, and changes nothing when refused',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          await refused(actor, 'sleep', /install/);
          await refused(actor, 'resume', /install/);
          await succeed(actor, 'uninstall');
          await stage.expectNothingLeft('verbs before install');

          await succeed(actor, 'install');
          const awake = await stage.snapshot();
          await succeed(actor, 'resume');
          await stage.expectState(awake, 'resume without a sleep before');
          await succeed(actor, 'sleep');
          await succeed(actor, 'install');
          await succeed(actor, 'resume');
          await stage.expectState(awake, 'resume after an install in the night');
          await succeed(actor, 'sleep');
          await succeed(actor, 'uninstall');
          await stage.expectNothingLeft('uninstall in the night');

          const again = await stage.start({ instance: `${stage.instance}-two` });
          await succeed(again, 'install');
          await succeed(again, 'sleep');
          await succeed(again, 'uninstall');
          await stage.expectNothingLeft('a second life in the same place');
        }),
    },
    {
      title: 'makes the same names every time',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const names: string[][] = [];
          for (const instance of [stage.instance, `${stage.instance}-two`]) {
            const actor = await stage.start({ instance });
            await succeed(actor, 'install');
            names.push([...(await stage.snapshot()).keys()].sort());
            await succeed(actor, 'uninstall');
          }
          expect(names[1], 'objects of another instance of the same config').toEqual(names[0]);
        }),
    },
    {
      title: 'uninstalls with no metadata on a fresh process, in every state',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const states: Verb[][] = [['install'], ['install', 'sleep'], ['install', 'sleep', 'resume']];
          for (const verbs of states) {
            const actor = await stage.start();
            for (const verb of verbs) await succeed(actor, verb);
            const fresh = await stage.replace(actor, { metadata: {} });
            await succeed(fresh, 'uninstall');
            await stage.expectNothingLeft(`after ${verbs.join(', ')}`);
          }
        }),
    },
  ],
};
