import type { Verb } from '@forkspacer/contract';
import type { Fault, RecordedCall } from '@forkspacer/embedded-cluster/testing';
import { expect } from 'vitest';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Check, Group } from '../options.ts';
import { changesOf, isChange, onStage, succeed } from '../stage.ts';

/** What goes wrong now and then between a module and its cluster, and passes. */
const FAULTS: Record<string, { fault: Fault; meets?(call: RecordedCall): boolean; only?: 'first' }> = {
  'a conflict (409)': {
    fault: {
      kind: 'status',
      status: 409,
      message: 'the object has been modified; please apply your changes to it',
    },
    meets: isChange,
  },
  'too many requests (429)': { fault: { kind: 'status', status: 429, retryAfter: 0 } },
  'an internal error (500)': {
    fault: { kind: 'status', status: 500, message: 'etcdserver: leader changed' },
  },
  'a reset connection': { fault: { kind: 'reset-before' } },
  'a lost answer': { fault: { kind: 'reset-after' } },
  'half an answer': { fault: { kind: 'truncate' }, meets: ({ query }) => !query.watch },
  'a call that hangs': { fault: { kind: 'hang' }, only: 'first' },
};
const always = () => true;
const LIFE: Verb[] = ['install', 'sleep', 'resume', 'sleep', 'uninstall'];

/** Which of the calls to one path meet a fault: the next one passes, and a run of them has more and more room to. */
const MEETS = new Set([0, 2, 5, 9, 14]);

function faultCheck(name: string): Check {
  const { fault, meets = always, only } = FAULTS[name]!;
  return {
    title: `each call to the cluster meets ${name} once, and nobody notices`,
    run: (subject) =>
      onStage(subject, async (stage) => {
        let actor = await stage.start();
        const states: Snapshot[] = [];
        for (const verb of LIFE) {
          await succeed(actor, verb);
          states.push(await stage.snapshot());
        }
        const times = fault.kind === 'hang' ? { call: 250 } : {};
        actor = await stage.replace(actor, { metadata: {}, times });
        for (const [index, verb] of LIFE.entries()) {
          const counts = new Map<string, number>();
          let met = 0;
          const passed = actor.proxy.inject({
            fault,
            when(call) {
              if (!meets(call)) return false;
              const key = `${call.method} ${call.path} ${call.query.watch}`;
              const count = counts.get(key) ?? 0;
              counts.set(key, count + 1);
              if (only ? count > 0 : !MEETS.has(count)) return false;
              met++;
              return true;
            },
          });
          await succeed(actor, verb);
          passed();
          if (meets === always) expect(met, `calls of ${verb} that met ${name}`).toBeGreaterThan(0);
          await stage.expectState(states[index]!, `after ${verb}`);
        }
        await stage.expectNothingLeft();
      }),
  };
}

export const faults: Group = {
  title: 'faults that pass',
  checks: [
    ...Object.keys(FAULTS).map(faultCheck),
    {
      title: 'waits as long as Retry-After says',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          const refusal: Fault = { kind: 'status', status: 429, retryAfter: 1 };
          actor.proxy.inject({ when: isChange, fault: refusal, times: 1 });
          const started = Date.now();
          await succeed(actor, 'install');
          const [first, second] = changesOf(actor.proxy);
          expect(second?.path, 'the call after the one that was refused').toBe(first?.path);
          expect(Date.now() - started, 'ms from the refusal to the end').toBeGreaterThanOrEqual(1_000);
        }),
    },
    {
      title: 'a fault that stays is told in one line before the deadline, and the same call mends it',
      run: (subject) =>
        onStage(subject, async (stage) => {
          let actor = await stage.start({ times: { deadline: 600 } });
          actor.proxy.inject({
            when: isChange,
            fault: { kind: 'status', status: 500, message: 'no space left' },
          });
          const { status, text } = await actor.operator.call('install');
          expect({ status, text }).toEqual({
            status: 400,
            text: expect.stringMatching(/^\S+ install: \S[^\n]*$/),
          });
          actor = await stage.replace(actor);
          await succeed(actor, 'install');
          await succeed(actor, 'uninstall');
          await stage.expectNothingLeft();
        }),
    },
  ],
};
