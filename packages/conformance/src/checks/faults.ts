import type { Fault } from '@forkspacer/embedded-cluster/fault-proxy';
import { type Check, Failed, NotApplicable, operator, shown } from '../check.ts';
import { collectionOf } from '../cluster/objects.ts';
import { isDone } from '../wire/post.ts';
import { expectNothingLeft, expectSame } from './cluster.ts';

const RETRY = operator(
  'What the operator does with an answer',
  'So retry transient faults inside the module, and answer 400 only when you mean it.',
);

/** The first call of each verb that changes something meets the fault; the next one passes. */
function survives(
  id: string,
  what: string,
  fault: Fault,
  fix: string,
  methods = /POST|PUT|PATCH|DELETE/,
): Check {
  return {
    id,
    level: 'recommended',
    sentence: `gets by when ${what}`,
    source: RETRY,
    fix,
    needs: ['faults'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      const life = await bench.life();
      let met = 0;
      const verbs = ['install', 'sleep', 'resume', 'uninstall'] as const;
      let awake: Awaited<ReturnType<typeof scene.snapshot>> | undefined;
      for (const verb of verbs) {
        let hit = false;
        const passed = scene.proxy.inject({
          when(call) {
            const meets = !hit && methods.test(call.method) && collectionOf(call.path) !== undefined;
            hit ||= meets;
            return meets;
          },
          fault,
        });
        const answer = await life.call(verb);
        passed();
        if (hit) met++;
        if (!isDone(answer)) {
          if (!hit) throw new NotApplicable(`${verb} answered ${answer.status} without meeting the fault`);
          throw new Failed(`success of ${verb} when ${what}`, `${answer.status}: ${shown(answer.text)}`);
        }
        if (verb === 'install') awake = await scene.snapshot();
        if (verb === 'resume' && awake)
          expectSame(awake, await scene.snapshot(), `after a night when ${what} what was before`);
      }
      if (met === 0) throw new NotApplicable('no verb makes such a call to the cluster');
      await expectNothingLeft(scene, 'uninstall');
    },
  };
}

export const faults: Check[] = [
  survives(
    'faults/conflict',
    'someone else changed the object first (409)',
    {
      kind: 'status',
      status: 409,
      message: 'the object has been modified; please apply your changes to the latest version',
    },
    'Read the object again and repeat the change, or use a patch without resourceVersion.',
    /PUT|PATCH/,
  ),
  survives(
    'faults/too-many-requests',
    'the API server is busy (429)',
    { kind: 'status', status: 429, retryAfter: 0 },
    'Wait as long as Retry-After says, and call again.',
  ),
  survives(
    'faults/server-error',
    'the API server fails once (500)',
    { kind: 'status', status: 500, message: 'etcdserver: leader changed' },
    'Repeat calls that failed with 5xx, with a growing pause, for a minute or more.',
  ),
  survives(
    'faults/connection-reset',
    'a connection is reset before the call arrives',
    { kind: 'reset-before' },
    'Repeat calls whose connection broke.',
  ),
  survives(
    'faults/answer-lost',
    'a call is done and its answer lost',
    { kind: 'reset-after' },
    'Take "already exists" and "not found" after a repeated call for what they are: the first one was done.',
  ),
];
