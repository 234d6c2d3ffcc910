import type { Verb } from '@forkspacer/contract';
import { expect } from 'vitest';
import type { Group } from '../options.ts';
import { changesOf, isChange, onStage, succeed } from '../stage.ts';
import { until } from '../until.ts';

/** What needs a process of its own, with its verbs in a thread of that. */
export const asProcess: Group = {
  title: 'as a process',
  checks: [
    {
      title: 'killed in the middle of install, and of sleep, the next process brings it to the same end',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const verbs: Verb[] = ['install', 'sleep'];
          const reference = await stage.start();
          const states = [];
          for (const verb of verbs) {
            await succeed(reference, verb);
            states.push(await stage.snapshot());
          }
          await succeed(reference, 'uninstall');

          let actor = await stage.startProcess();
          for (const [index, verb] of verbs.entries()) {
            // The last but one of what is expected to come: hello's sleep has one write only.
            let count = 0;
            const passed = actor.proxy.inject({
              when: (call) => isChange(call) && ++count === (verb === 'install' ? 2 : 1),
              fault: { kind: 'hang' },
            });
            const lost = actor.operator.call(verb).catch((error: unknown) => error);
            await until(`the change at which ${verb} hangs`, () => count >= (verb === 'install' ? 2 : 1));
            const { metadata } = actor.operator;
            await actor.kill();
            expect(await lost, 'the answer of a killed process').toBeInstanceOf(Error);
            passed();
            actor = await stage.startProcess({ metadata });
            await succeed(actor, verb);
            await stage.expectState(states[index]!, `${verb} after a kill`);
          }
          await succeed(actor, 'uninstall');
          await stage.expectNothingLeft();
          const stored = actor.log.join('');
          expect(stored, 'the log on standard output').toContain('"verb":"uninstall"');
        }),
    },
    {
      title:
        'told to end (SIGTERM) in the middle of a call, it answers that call, takes no other, and exits with 0',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.startProcess();
          actor.proxy.inject({
            when: isChange,
            fault: { kind: 'status', status: 429, retryAfter: 1 },
            times: 1,
          });
          const install = succeed(actor, 'install');
          await until('the first change', () => changesOf(actor.proxy).length === 1);
          actor.process.kill('SIGTERM');
          await install;
          expect(await actor.ended, 'exit code').toBe(0);
          await expect(actor.operator.call('sleep'), 'a call to a process that has ended').rejects.toThrow();
          const next = await stage.start({ metadata: actor.operator.metadata });
          for (const verb of ['sleep', 'resume', 'uninstall'] as const) await succeed(next, verb);
          await stage.expectNothingLeft();
        }),
    },
  ],
};
