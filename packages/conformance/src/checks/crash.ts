import type { Verb } from '@forkspacer/contract';
import type { Bench } from '../bench.ts';
import { expect } from '../bench.ts';
import { Blocked, type Check, NotApplicable, operator, shown } from '../check.ts';
import type { Life } from '../life.ts';
import type { Metadata } from '../wire/go-json.ts';
import { isDone } from '../wire/post.ts';
import { expectNothingLeft, expectSame } from './cluster.ts';

const SURVIVE = operator(
  'What the operator does with an answer',
  'So state that must survive a crash lives on the cluster objects themselves (annotations, labels), not only in metadata.',
);

/**
 * Calls a verb on a host that dies after its n-th write. The process is killed, and the cluster reached again.
 *
 * @returns false when the verb ended with fewer writes
 */
async function dies(bench: Bench, life: Life, verb: Verb, writes: number): Promise<boolean> {
  const scene = await bench.scene();
  scene.settle();
  const death = scene.proxy.dieAfterWrites(writes).then(() => 'died');
  const call = life.call(verb).then(
    () => 'answered',
    () => 'broken off',
  );
  const how = await Promise.race([death, call]);
  if (how !== 'died') {
    scene.settle();
    return false;
  }
  await life.runner.kill();
  await call;
  scene.settle();
  return true;
}

function repeated(verb: Verb, prepare: readonly Verb[]): Check {
  return {
    id: `crash/${verb}`,
    level: 'robust',
    sentence: `ends as it should when a ${verb} that was killed between two writes is repeated`,
    source: SURVIVE,
    fix: `Let ${verb} look at what is there and do what is missing; write what the next attempt needs before, or with, what it describes.`,
    needs: ['faults'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      let life = await bench.life();
      await life.mustAll(...prepare);
      scene.settle();
      await life.must(verb);
      if (!scene.wrote) throw new NotApplicable(`${verb} changes nothing on the cluster`);
      const expected = await scene.snapshot();
      for (let writes = 1; writes <= bench.timing.deaths; writes++) {
        if (verb !== 'uninstall') await life.must('uninstall');
        await life.mustAll(...prepare);
        const before: Metadata = life.metadata;
        if (!(await dies(bench, life, verb, writes))) return;
        life = life.movedTo(await bench.start(), before);
        const answer = await life.call(verb).catch((error: Error) => {
          throw new Blocked(error.message);
        });
        const after = `${verb}, killed after write ${writes} and repeated`;
        expect(isDone(answer), `success of ${after}`, `${answer.status}: ${shown(answer.text)}`);
        if (verb === 'uninstall') await expectNothingLeft(scene, after);
        else
          expectSame(expected, await scene.snapshot(), `after ${after} the same as after one that was not`);
        // What only shows later: a baseline that was lost.
        if (verb === 'sleep') {
          await life.must('resume');
          const awake = await scene.snapshot();
          await life.mustAll('uninstall', 'install');
          expectSame(await scene.snapshot(), awake, `after ${after}, and a resume, what was awake before`);
        }
      }
    },
  };
}

export const crash: Check[] = [
  repeated('install', []),
  repeated('sleep', ['install']),
  repeated('resume', ['install', 'sleep']),
  repeated('uninstall', ['install']),
  {
    id: 'crash/half-installed',
    level: 'robust',
    sentence: 'removes with {} what an install that was killed between two writes left behind',
    source: operator(
      'What the operator does with an answer',
      'So uninstall from `{}` on a fresh process must find what is ours on the cluster.',
    ),
    fix: 'Note that you are installing before the first object is made, and let uninstall look for objects, not for notes about them.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      let life = await bench.life();
      for (let writes = 1; writes <= bench.timing.deaths; writes++) {
        const died = await dies(bench, life, 'install', writes);
        if (!died && writes === 1) {
          if (!life.installed) throw new Blocked('install is not done');
          throw new NotApplicable('install changes nothing on the cluster');
        }
        life = died ? life.movedTo(await bench.start(), {}) : life;
        const answer = await life.call('uninstall', {});
        const after = `install, killed after write ${writes}, and uninstall with {}`;
        expect(isDone(answer), `success of ${after}`, `${answer.status}: ${shown(answer.text)}`);
        await expectNothingLeft(scene, after);
        if (!died) return;
      }
    },
  },
];
