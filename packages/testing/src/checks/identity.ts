import type { Verb } from '@forkspacer/contract';
import { patch, read } from '@forkspacer/kube';
import { DRAWS } from '@forkspacer/sdk';
import { expect } from 'vitest';
import type { Check, Group } from '../options.ts';
import { type Actor, changesOf, onStage, refused, type Stage, succeed } from '../stage.ts';
import { dieAfter } from './crash.ts';

/*
 * The table "Who am I" of the architecture, row by row: the call, the anchor it meets, and what happens. An anchor is a
 * ConfigMap that holds `instance`, `state` and `touched`; where a row needs one in a state that takes minutes or another
 * module to come to, it is written as it would be.
 */

const FOREIGN: Verb[] = ['install', 'sleep', 'resume', 'uninstall'];

/** Another Pod that knows no instance: its hostname is all it has. */
const another = (stage: Stage, times = {}) =>
  stage.start({ instance: null, hostname: `${stage.instance}-another`, times });

async function install(stage: Stage): Promise<Actor> {
  const actor = await stage.start();
  await succeed(actor, 'install');
  return actor;
}

/** An install that has not ended: one write short of its last one, which says `installed`. */
async function installHalf(stage: Stage): Promise<void> {
  const whole = await install(stage);
  const { length } = whole.proxy.writes;
  await succeed(whole, 'uninstall');
  await whole.stop();
  const died = await dieAfter(await stage.start(), 'install', length - 1);
  expect(died, 'an install that died before its last write').toBeDefined();
}

async function retain(stage: Stage, owner: Actor): Promise<void> {
  await patch(stage.kube, stage.anchor(owner), { data: { state: 'retained' } }, { type: 'merge' });
}

async function stateOf(stage: Stage, owner: Actor): Promise<unknown> {
  return (await read(stage.kube, stage.anchor(owner))).data;
}

/** What is logged as a warning, or said as an Event, names the owner. */
async function expectTold(stage: Stage, actor: Actor, words: RegExp): Promise<void> {
  expect(actor.log.join(''), 'the log').toMatch(words);
  expect((await stage.events()).join('\n'), 'the Events').toMatch(words);
}

const row = (title: string, run: (stage: Stage) => Promise<void>): Check => ({
  title,
  run: (subject) => onStage(subject, run),
});

export const identity: Group = {
  title: 'who am I',
  checks: [
    row(
      'install | none: the anchor is created, then everything else; `installed` is the last write',
      async (stage) => {
        const actor = await install(stage);
        const { namespace, name } = stage.anchor(actor);
        const changes = changesOf(actor.proxy);
        const path = `/api/v1/namespaces/${namespace}/configmaps`;
        expect(changes[0], 'the first write').toMatchObject({
          method: 'POST',
          path,
          body: { metadata: { name } },
        });
        expect(changes[0], 'the first write').toMatchObject({ body: { data: { state: 'installing' } } });
        expect(changes.at(-1), 'the last write').toMatchObject({
          path: `${path}/${name}`,
          body: { data: { state: 'installed' } },
        });
        const said = changes.filter(({ body }) => JSON.stringify(body)?.includes('"state":"installed"'));
        expect(said.length, 'writes that say installed').toBe(1);
      },
    ),

    row(
      'install | mine, any state: brought to the same end state, 201; `installed` never goes back',
      async (stage) => {
        const actor = await install(stage);
        const installed = await stage.snapshot();
        actor.proxy.reset();
        await succeed(actor, 'install');
        await stage.expectState(installed, 'after the repeat');
        const said = changesOf(actor.proxy).filter(({ body }) =>
          JSON.stringify(body)?.includes('"state":"installing"'),
        );
        expect(said, 'writes that say installing').toEqual([]);
        await succeed(actor, 'uninstall');

        await installHalf(stage);
        await install(stage);
        await stage.expectState(installed, 'after the repeat of one that was half done');
      },
    ),

    row(
      "install | another's, `installed`: 400 naming the owner and what to change, nothing changed",
      async (stage) => {
        await install(stage);
        const before = await stage.snapshot();
        const second = await stage.start({ instance: `${stage.instance}-two` });
        const { text } = await refused(second, 'install', /config/);
        expect(text).toContain(stage.instance);
        await stage.expectState(before, 'after the refused install');
      },
    ),

    row("install | another's, `installing`, touched lately: 400, being installed by ...", async (stage) => {
      await installHalf(stage);
      const before = await stage.snapshot();
      const { text } = await refused(await another(stage), 'install', /being installed/);
      expect(text).toContain(stage.instance);
      await stage.expectState(before, 'after the refused install');
    }),

    row("install | another's, `installing`, abandoned: taken over, the crash is repaired", async (stage) => {
      await installHalf(stage);
      const actor = await another(stage, { abandoned: 0 });
      await succeed(actor, 'install');
      expect(actor.operator.metadata.instance).toBe(`${stage.instance}-another`);
      expect(await stateOf(stage, actor)).toMatchObject({
        instance: `${stage.instance}-another`,
        state: 'installed',
      });
      for (const verb of ['sleep', 'resume', 'uninstall'] as const) await succeed(actor, verb);
      await stage.expectNothingLeft('after the life of the one that took over');
    }),

    row(
      'install | `retained`: the kept data is taken up again, said in the log and an Event',
      async (stage) => {
        const owner = await install(stage);
        await retain(stage, owner);
        const actor = await another(stage);
        if (stage.subject.module.takesUp?.({}) === false) return;
        await succeed(actor, 'install');
        expect(await stateOf(stage, actor)).toMatchObject({
          instance: `${stage.instance}-another`,
          state: 'installed',
        });
        await expectTold(stage, actor, /taken up again/);
        await succeed(actor, 'uninstall');
        await stage.expectNothingLeft('after the life of the one that took it up');
      },
    ),

    row('sleep, resume | mine: done', async (stage) => {
      const actor = await install(stage);
      // Also with nothing but the instance to know it by.
      actor.operator.metadata = {};
      await succeed(actor, 'sleep');
      await succeed(actor, 'resume');
    }),

    row("sleep, resume | another's, or none: 400, nothing changed", async (stage) => {
      const second = await stage.start({ instance: `${stage.instance}-two` });
      for (const verb of ['sleep', 'resume'] as const) await refused(second, verb, /install/);
      await install(stage);
      for (const verb of ['sleep', 'resume'] as const) {
        const { text } = await refused(second, verb, /instance/);
        expect(text).toContain(stage.instance);
      }
    }),

    row('uninstall | none: 204', async (stage) => {
      const actor = await stage.start();
      await succeed(actor, 'uninstall');
      expect(changesOf(actor.proxy), 'changes').toEqual([]);
    }),

    row('uninstall | mine: what it lists is removed, the anchor last', async (stage) => {
      const actor = await install(stage);
      actor.proxy.reset();
      await succeed(actor, 'uninstall');
      const { namespace, name } = stage.anchor(actor);
      expect(changesOf(actor.proxy).at(-1), 'the last write').toMatchObject({
        method: 'DELETE',
        path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
      });
      await stage.expectNothingLeft();
    }),

    row("uninstall {} | another's, `installing`, abandoned: half made, removed", async (stage) => {
      await installHalf(stage);
      await succeed(await another(stage, { abandoned: 0 }), 'uninstall');
      await stage.expectNothingLeft();
    }),

    row(
      "uninstall {} | another's, `installing`, touched lately: 400, being installed by ...",
      async (stage) => {
        await installHalf(stage);
        const before = await stage.snapshot();
        await refused(await another(stage), 'uninstall', /being installed/);
        await stage.expectState(before, 'after the refused uninstall');
      },
    ),

    row(
      "uninstall {} | another's, `installed` or `retained`: 204, nothing changed, said in the log and an Event",
      async (stage) => {
        const owner = await install(stage);
        for (const prepare of [async () => {}, () => retain(stage, owner)]) {
          await prepare();
          const before = await stage.snapshot();
          const actor = await another(stage);
          await succeed(actor, 'uninstall');
          expect(changesOf(actor.proxy), 'changes').toEqual([]);
          await stage.expectState(before, 'after the uninstall of what is another instance');
          await expectTold(stage, actor, /left alone/);
          await actor.stop();
        }
      },
    ),

    row(
      'the id is what metadata says, when the anchor agrees, and not the FORKSPACER_INSTANCE of a later operator',
      async (stage) => {
        const first = await another(stage);
        await succeed(first, 'install');
        const id = first.operator.metadata.instance;
        expect(id, 'the id of a runner that was given none').toBe(`${stage.instance}-another`);
        const later = await stage.replace(first, { instance: `${stage.instance}-given` });
        for (const verb of ['install', 'sleep', 'resume'] as const) {
          await succeed(later, verb);
          expect(later.operator.metadata.instance, verb).toBe(id);
        }
        await succeed(later, 'uninstall');
        await stage.expectNothingLeft();
      },
    ),

    row(
      'a second install without metadata, on a process that knows no instance, is first sent to draw again',
      async (stage) => {
        const actor = await another(stage);
        const first = await succeed(actor, 'install');
        expect(first.redirects, 'draws of the first').toEqual([]);
        actor.operator.metadata = {};
        const second = await succeed(actor, 'install');
        expect(second.redirects, 'draws of the second').toHaveLength(DRAWS);
        expect(second.metadata, 'the repeat that it may be').toEqual(first.metadata);
      },
    ),

    ...FOREIGN.map((verb) =>
      row(`${verb} | foreign metadata: nothing changed, 307, then 400 naming both`, async (stage) => {
        const actor = await install(stage);
        const before = await stage.snapshot();
        const { module } = stage.subject;
        const own = actor.operator.metadata;
        for (const foreign of [
          { ...own, instance: `${stage.instance}-two` },
          { ...own, anchor: `${stage.namespace}/elsewhere`, instance: `${stage.instance}-two` },
          { module: 'some-other-module', instance: 'of-another-module' },
        ]) {
          actor.operator.metadata = foreign;
          const { text, redirects } = await refused(actor, verb, /nothing was changed/);
          expect(redirects.length, 'redirects').toBe(DRAWS);
          expect(text, 'the text').toContain(foreign.instance);
          expect(text, 'the text').toContain(module.name);
          if (foreign.module === module.name) expect(text, 'the text').toContain(stage.instance);
        }
        await stage.expectState(before, 'after the refused calls');
      }),
    ),
  ],
};
