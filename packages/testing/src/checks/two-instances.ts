import type { Verb } from '@forkspacer/contract';
import { expect } from 'vitest';
import { operatorClient } from '../operator/client.ts';
import { startService } from '../operator/draw.ts';
import type { Group, Subject } from '../options.ts';
import { onStage, refused, type Stage, succeed } from '../stage.ts';

/** Where the draws of a Service go: each is a pattern that repeats, `0` and `1` the two runners. */
const DRAWS = ['01', '10', '0011', '000111', '0010111'];

/** Two stages with a config each, so that neither is after the other's objects. */
async function onTwoStages(subject: Subject, run: (stages: [Stage, Stage]) => Promise<void>): Promise<void> {
  await onStage(subject, async (one) => {
    const { otherConfig } = subject.options;
    const config = otherConfig ?? subject.options.config;
    await onStage({ ...subject, options: { ...subject.options, config } }, (other) => run([one, other]));
  });
}

export const twoInstances: Group = {
  title: 'two instances',
  checks: [
    ...DRAWS.map((pattern) => ({
      title: `two runners behind one Service, drawn ${pattern}: both end right, nothing doubled, nothing lost`,
      run: (subject: Subject) => {
        if (!subject.module.identity.includes('namespace') && !subject.options.otherConfig) {
          throw new Error(
            'expected otherConfig, the config of another instance, since `namespace` is no identity',
          );
        }
        return onTwoStages(subject, async (stages) => {
          // As under the real operator: no instance is given, and the Pods' names tell them apart.
          const runners = await Promise.all(stages.map((stage) => stage.start({ instance: null })));
          const service = await startService(
            runners.map(({ url }) => url),
            (count) => Number(pattern[count % pattern.length]),
          );
          const operators = runners.map(() => operatorClient(service.url));
          try {
            const lives: Verb[] = ['install', 'sleep', 'resume', 'sleep', 'uninstall'];
            for (const verb of lives) {
              const answers = [];
              for (const operator of operators) answers.push(await operator.call(verb));
              const codes = answers.map(({ status, text }) => (status < 300 ? status : text));
              expect(new Set(codes), verb).toEqual(
                new Set([{ install: 201, uninstall: 204, sleep: 200, resume: 200 }[verb]]),
              );
              if (verb === 'uninstall') break;
              const instances = operators.map(({ metadata }) => metadata.instance);
              expect(new Set(instances).size, `instances after ${verb}`).toBe(2);
              const anchors = operators.map(({ metadata }) => metadata.anchor);
              expect(new Set(anchors).size, `anchors after ${verb}`).toBe(2);
            }
            for (const stage of stages) await stage.expectNothingLeft();
          } finally {
            for (const operator of operators) operator.close();
            await service.stop();
          }
        });
      },
    })),
    {
      title: 'two runners behind one Service, installed at the same moment: each gets an instance of its own',
      run: (subject) =>
        onTwoStages(subject, async (stages) => {
          const runners = await Promise.all(stages.map((stage) => stage.start({ instance: null })));
          const service = await startService(
            runners.map(({ url }) => url),
            (count) => count % 2,
          );
          const operators = runners.map(() => operatorClient(service.url));
          try {
            const answers = await Promise.all(operators.map((operator) => operator.call('install')));
            expect(answers.map(({ status, text }) => (status === 201 ? 201 : text))).toEqual([201, 201]);
            expect(new Set(operators.map(({ metadata }) => metadata.anchor)).size, 'anchors').toBe(2);
            for (const verb of ['sleep', 'resume', 'uninstall'] as const) {
              const ends = await Promise.all(operators.map((operator) => operator.call(verb)));
              expect(
                ends.map(({ status, text }) => (status < 300 ? 'done' : text)),
                verb,
              ).toEqual(['done', 'done']);
            }
            for (const stage of stages) await stage.expectNothingLeft();
          } finally {
            for (const operator of operators) operator.close();
            await service.stop();
          }
        }),
    },
    {
      title: 'a second instance of the same config is refused, and the first goes on as before',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const first = await stage.start();
          await succeed(first, 'install');
          await succeed(first, 'sleep');
          const asleep = await stage.snapshot();
          const second = await stage.start({ instance: `${stage.instance}-two` });
          const { text } = await refused(second, 'install', /installed/);
          expect(text, 'the text').toContain(stage.instance);
          // What a delete after the failed install does, with the instance and without one.
          await succeed(second, 'uninstall');
          await succeed(
            await stage.start({ instance: null, hostname: `${stage.instance}-three` }),
            'uninstall',
          );
          await stage.expectState(asleep, 'after the second came and went');
          await succeed(first, 'resume');
          await succeed(first, 'uninstall');
          await stage.expectNothingLeft();
        }),
    },
  ],
};
