import { type Anchor, changeAnchor, createAnchor } from '../anchor/anchor.ts';
import type { Decision } from '../anchor/decide.ts';
import { HeldAnchor } from '../anchor/held.ts';
import { ModuleError } from '../module-error.ts';
import { announce, type Scope } from './scope.ts';

type Holding = Extract<Decision, { do: 'create' | 'run' | 'take over' | 'take up' | 'clean up' }>;

/** Makes the anchor the acting instance's, or sees that it is; undefined when it has changed since it was read. */
export async function hold(
  scope: Scope,
  acting: string,
  decision: Holding,
  anchor: Anchor | undefined,
): Promise<HeldAnchor | undefined> {
  const { definition, config, ref, here, log } = scope;
  const kube = scope.kube.with({ instance: acting });
  const touched = kube.now();
  const held = (now: Anchor | undefined) => now && new HeldAnchor(kube, ref, definition.name, now);

  if (!anchor) {
    const content = {
      instance: acting,
      state: 'installing',
      touched,
      made: [],
      kept: [],
      previous: [],
    } as const;
    return held(await createAnchor(kube, ref, { ...content, made: [], kept: [], previous: [] }));
  }
  switch (decision.do) {
    case 'take up': {
      if (definition.takesUp && !definition.takesUp(config)) {
        throw new ModuleError({
          expected: `no retained data under ${here}, as the config wants none to be taken up`,
          found: `that of instance ${decision.from}`,
          todo: 'allow it in the config, change its identity, or remove the data; nothing was changed',
        });
      }
      const previous = [...anchor.previous, decision.from].filter((each) => each !== acting);
      const change = { instance: acting, state: 'installing', touched, kept: anchor.made, previous } as const;
      const taken = held(await changeAnchor(kube, ref, anchor, change));
      if (!taken) return undefined;
      log.info(
        { anchor: here, from: decision.from, objects: anchor.made.length },
        'retained data taken up again',
      );
      const note = `retained data of instance ${decision.from} taken up again by instance ${acting}`;
      await announce(scope, anchor, { reason: 'TakenUpAgain', note, type: 'Normal' });
      return taken;
    }
    case 'take over':
    case 'clean up': {
      // To be removed, too, it has to be ours first: whoever repeats it then finds it to be so.
      log.warn({ anchor: here, from: decision.from }, 'abandoned install taken over');
      const previous = [...anchor.previous, decision.from];
      return held(await changeAnchor(kube, ref, anchor, { instance: acting, touched, previous }));
    }
    default:
      // What is installed is nobody else's to take; what is not could be taken for abandoned.
      return held(anchor.state === 'installed' ? anchor : await changeAnchor(kube, ref, anchor, { touched }));
  }
}
