import { expect } from 'vitest';
import type { Group } from '../options.ts';
import { changesOf, isChange, onStage, succeed } from '../stage.ts';
import { until } from '../until.ts';

/** What needs a process of its own, with its verbs in a thread of that. */
export const asProcess: Group = {
  title: 'as a process',
  checks: [
    {
      title: 'killed in the middle of an install, the next process brings it to the same end, and goes on',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const reference = await stage.start();
          await succeed(reference, 'install');
          const installed = await stage.snapshot();
          await succeed(reference, 'uninstall');

          const actor = await stage.startProcess();
          let count = 0;
          actor.proxy.inject({ when: (call) => isChange(call) && ++count === 2, fault: { kind: 'hang' } });
          const lost = actor.operator.call('install').catch((error: unknown) => error);
          await until('the second change of an install', () => count >= 2);
          await actor.kill();
          expect(await lost, 'the answer of a killed process').toBeInstanceOf(Error);

          const next = await stage.startProcess();
          await succeed(next, 'install');
          await stage.expectState(installed, 'install after a kill');
          for (const verb of ['sleep', 'resume', 'uninstall'] as const) await succeed(next, verb);
          await stage.expectNothingLeft();
          expect(next.log.join(''), 'the log on standard output').toContain('"verb":"uninstall"');
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
