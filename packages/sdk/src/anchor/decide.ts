import type { Verb } from '@forkspacer/contract';
import type { Anchor } from './anchor.ts';

/** What is known when a call comes in. */
export interface Situation {
  verb: Verb;
  /** The module's name, and `namespace/name` of the anchor that its config leads to. */
  module: string;
  here: string;
  anchor: Anchor | undefined;
  /** Whose metadata came with the call; nothing in it when it came with `{}`. */
  owner: { module?: string; instance?: string; anchor?: string };
  /** FORKSPACER_INSTANCE, and the host's name for want of anything better. */
  given: string | undefined;
  hostname: string;
  /** Epoch milliseconds by the API server's clock, and after how many of them untouched an install was left behind by a crash. */
  now: number;
  abandoned: number;
}

export type Decision =
  /** There is none: make the anchor, then everything else. */
  | { do: 'create' }
  /** The verb runs on what is ours. */
  | { do: 'run' }
  /** The anchor of a crashed install, or one with kept data, becomes ours, and its objects with it. */
  | { do: 'take over'; from: string }
  | { do: 'take up'; from: string }
  /** What another instance left half made becomes ours, to be removed. */
  | { do: 'clean up'; from: string }
  /** Success without a change; `told` is why, where somebody should know. */
  | { do: 'nothing'; told?: string }
  | { do: 'refuse'; expected: string; found: string; todo: string }
  /** The call is for another runner. */
  | { do: 'foreign' };

/** The table "Who am I": which instance this is, and what a call may do to the anchor that is there. */
export function decide(situation: Situation): { instance: string; decision: Decision } {
  const { anchor, owner, given, hostname } = situation;
  const agreed = anchor && owner.instance === anchor.instance ? owner.instance : undefined;
  const instance = agreed ?? given ?? owner.instance ?? hostname;
  return { instance, decision: isForeign(situation) ? { do: 'foreign' } : decideFor(instance, situation) };
}

function isForeign({ owner, module, here, anchor }: Situation): boolean {
  if (owner.module !== undefined && owner.module !== module) return true;
  if (owner.anchor !== undefined && owner.anchor !== here) return true;
  return owner.instance !== undefined && anchor !== undefined && owner.instance !== anchor.instance;
}

function decideFor(instance: string, situation: Situation): Decision {
  const { verb, anchor, module, here, now, abandoned } = situation;
  if (!anchor) {
    if (verb === 'install') return { do: 'create' };
    if (verb === 'uninstall') return { do: 'nothing' };
    return {
      do: 'refuse',
      expected: `it to be installed (${here})`,
      found: 'no such instance',
      todo: 'install it first',
    };
  }
  const mine = anchor.instance === instance;
  const from = anchor.instance;
  const owned = `${here} of instance ${from}`;

  if (anchor.state === 'retained') {
    if (verb === 'install') return { do: 'take up', from };
    if (verb === 'uninstall' && mine) return { do: 'nothing' };
    if (verb === 'uninstall')
      return { do: 'nothing', told: `${owned} holds retained data; it was left alone` };
    return {
      do: 'refuse',
      expected: `it to be installed (${here})`,
      found: 'only its retained data',
      todo: 'install it first',
    };
  }
  if (mine) return { do: 'run' };

  const crashed = anchor.state === 'installing' && now - anchor.touched > abandoned;
  if (verb === 'install' || verb === 'uninstall') {
    if (crashed) return verb === 'install' ? { do: 'take over', from } : { do: 'clean up', from };
    if (anchor.state === 'installing') {
      const seconds = Math.max(0, Math.round((now - anchor.touched) / 1000));
      return {
        do: 'refuse',
        expected: `nobody else at work on ${here}`,
        found: `it being installed by instance ${from} (last seen ${seconds} s ago)`,
        todo: 'nothing was changed; try again later',
      };
    }
    if (verb === 'uninstall')
      return { do: 'nothing', told: `${owned} is not this instance's; it was left alone` };
  }
  return {
    do: 'refuse',
    expected: `${here} to be this instance's (${instance})`,
    found: `it installed by instance ${from} of ${module}`,
    todo:
      verb === 'install'
        ? 'nothing was changed; change the config fields that make its identity'
        : 'nothing was changed',
  };
}
