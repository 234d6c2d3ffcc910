import type { ServerResponse } from 'node:http';
import type { Verb } from '@forkspacer/contract';
import { type Metadata, Plain, Refusal } from './correct.ts';
import { mutant } from './mutant.ts';

/** Knows in memory what it did last, and refuses what does not fit. */
class Remembering extends Plain {
  last: Verb | undefined;
  before: Verb | undefined;
  /** Why a verb is refused now. */
  refusal(_verb: Verb, _metadata: Metadata): string | undefined {
    return undefined;
  }
  override async verb(verb: Verb, metadata: Metadata) {
    const why = this.refusal(verb, metadata);
    if (why) throw new Refusal(why);
    const done = await super.verb(verb, metadata);
    this.before = this.last;
    this.last = verb;
    return done;
  }
}

const refusing = (when: (self: Remembering, verb: Verb, metadata: Metadata) => boolean) =>
  class extends Remembering {
    override refusal(verb: Verb, metadata: Metadata) {
      return when(this, verb, metadata) ? 'not now' : undefined;
    }
  };

/** Says 500 to a verb that comes before install. */
class Failing extends Remembering {
  wrong: Verb | undefined;
  override refusal(verb: Verb, metadata: Metadata) {
    return verb === this.wrong && !known(metadata) ? 'TypeError' : undefined;
  }
  override failed(response: ServerResponse, error: Error) {
    if (error.message === 'TypeError') this.text(response, 500, error.message);
    else super.failed(response, error);
  }
}

const known = (metadata: Metadata) => 'module' in metadata;

export const life = [
  mutant(
    'installs-once',
    'a repeated install with its metadata is refused',
    ['life/install-twice'],
    refusing((_self, verb, metadata) => verb === 'install' && known(metadata)),
  ),
  mutant(
    'installed-already',
    'a repeated install with {} is refused',
    ['life/install-repeated'],
    refusing(({ last }, verb, metadata) => verb === 'install' && last === 'install' && !known(metadata)),
  ),
  mutant(
    'sleeps-once',
    'a repeated sleep is refused',
    ['life/sleep-twice', 'life/at-once'],
    refusing(({ last }, verb) => verb === 'sleep' && last === 'sleep'),
  ),
  mutant(
    'wakes-once',
    'a repeated resume is refused',
    ['life/resume-twice', 'life/at-once'],
    refusing(({ last }, verb) => verb === 'resume' && last === 'resume'),
  ),
  mutant(
    'leaves-once',
    'a repeated uninstall is refused',
    ['life/uninstall-twice'],
    refusing(({ last }, verb) => verb === 'uninstall' && last === 'uninstall'),
  ),
  mutant(
    'one-night',
    'a second sleep after a resume is refused',
    ['life/second-night'],
    refusing(({ last, before }, verb) => verb === 'sleep' && last === 'resume' && before === 'sleep'),
  ),
  mutant(
    'trapped-asleep',
    'uninstall is refused while asleep',
    ['life/uninstall-asleep'],
    refusing(({ last }, verb) => verb === 'uninstall' && last === 'sleep'),
  ),
  mutant(
    'wants-sleep-first',
    'resume is refused after install',
    ['life/resume-awake'],
    refusing(({ last }, verb) => verb === 'resume' && last === 'install'),
  ),
  mutant(
    'one-life',
    'an install after an uninstall is refused',
    ['life/again'],
    refusing(({ last }, verb) => verb === 'install' && last === 'uninstall'),
  ),
  mutant(
    'asleep-too-early',
    'a sleep before install ends in a 500',
    ['life/sleep-first'],
    class extends Failing {
      override wrong = 'sleep' as const;
    },
  ),
  mutant(
    'awake-too-early',
    'a resume before install ends in a 500',
    ['life/resume-first'],
    class extends Failing {
      override wrong = 'resume' as const;
    },
  ),
  mutant(
    'knows-no-uninstall-first',
    'an uninstall where nothing is installed is refused',
    ['life/uninstall-first'],
    refusing(({ last }, verb, metadata) => verb === 'uninstall' && last === undefined && !known(metadata)),
  ),
  mutant(
    'forgets-on-restart',
    'what was installed is known to the process only',
    ['life/restart'],
    refusing(({ last }, verb, metadata) => last === undefined && verb !== 'install' && known(metadata)),
  ),
  mutant(
    'no-two-at-once',
    'a call during another one is refused',
    ['life/at-once'],
    class extends Plain {
      #busy = false;
      override async turn(verb: Verb, metadata: Metadata) {
        if (this.#busy) throw new Refusal('busy');
        this.#busy = true;
        await new Promise((done) => setTimeout(done, 5));
        return this.verb(verb, metadata).finally(() => {
          this.#busy = false;
        });
      }
    },
  ),
  mutant(
    'never-answers',
    'a resume is never answered',
    ['life/in-time'],
    class extends Plain {
      override turn(verb: Verb, metadata: Metadata) {
        return verb === 'resume' ? new Promise<Metadata>(() => {}) : super.turn(verb, metadata);
      }
    },
  ),
];
