import type { Verb } from '@forkspacer/contract';
import type { Executor, Identity, Outcome, Running } from '../call/call.ts';
import { foreignText, ownerOf } from '../call/foreign.ts';
import type { Metadata } from '../define-module.ts';
import type { Times } from '../times.ts';

interface Turn extends Running {
  verb: Verb;
  metadata: Metadata;
  /** Told to stop: what it ends with is not the answer to a repeat of it. */
  aborted: boolean;
}

export interface TurnsOptions {
  /** The module's name, for texts. */
  name: string;
  executor: Executor;
  times: Times;
  /** FORKSPACER_INSTANCE, when there is one. */
  instance?: string;
}

/**
 * One verb at a time. The same verb for the same instance joins the one running; another waits for its end;
 * uninstall makes a running install end. Ends a verb that does not heed its deadline.
 */
export class Turns {
  readonly #options: TurnsOptions;
  #running: Turn | undefined;
  #stopping = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** The verb under way and the metadata that it was called with. */
  get running(): { verb: Verb; metadata: Metadata } | undefined {
    return this.#running;
  }

  async call(verb: Verb, metadata: Metadata): Promise<Outcome> {
    const { name, times } = this.#options;
    const until = Date.now() + times.wait;
    while (!this.#stopping) {
      const running = this.#running;
      if (!running) return this.#start(verb, metadata);

      const relation = await this.#relation(running, metadata);
      if (this.#running !== running) continue;
      if (relation === 'foreign') {
        const here = await settled(running.identity);
        return { done: false, text: foreignText(name, verb, metadata, here ?? {}), foreign: true };
      }
      if (relation === 'same' && running.verb === verb && !running.aborted) return running.outcome;
      if (relation === 'same' && running.verb === 'install' && verb === 'uninstall') {
        this.#abort(running, 'stopped: uninstall was called');
      }
      if (!(await endsBefore(running.outcome, until))) {
        const seconds = times.wait / 1000;
        return {
          done: false,
          text: `${name} ${verb}: expected the running ${running.verb} to end within ${seconds} s, found it still running; call again later`,
        };
      }
    }
    return {
      done: false,
      text: `${name} ${verb}: expected a module that takes calls, found it shutting down`,
    };
  }

  /** Takes no more calls and lets the running one go on for a while. */
  async stop(time: number): Promise<void> {
    this.#stopping = true;
    const running = this.#running;
    if (!running || (await endsBefore(running.outcome, Date.now() + time))) return;
    running.kill('the module was told to shut down and did not end in time');
    await running.outcome;
  }

  #start(verb: Verb, metadata: Metadata): Promise<Outcome> {
    const { executor, times } = this.#options;
    const deadline = Date.now() + times.deadline;
    const turn: Turn = { verb, metadata, aborted: false, ...executor.start({ verb, metadata, deadline }) };
    this.#running = turn;
    const seconds = times.deadline / 1000;
    const killer = setTimeout(
      () => turn.kill(`expected to end within ${seconds} s, found it still running; it was stopped`),
      times.deadline + times.grace,
    );
    turn.outcome.finally(() => {
      clearTimeout(killer);
      if (this.#running === turn) this.#running = undefined;
    });
    return turn.outcome;
  }

  #abort(turn: Turn, why: string): void {
    if (turn.aborted) return;
    turn.aborted = true;
    turn.abort(why);
    const killer = setTimeout(() => turn.kill(why), this.#options.times.grace);
    turn.outcome.finally(() => clearTimeout(killer));
  }

  /** Whether a call is for the instance that the running verb acts for; `other` when that is not known. */
  async #relation(running: Turn, metadata: Metadata): Promise<'same' | 'foreign' | 'other'> {
    const { instance: ownInstance, times } = this.#options;
    const theirs = ownerOf(metadata);
    const here: Identity | undefined = await settled(running.identity, times.pause);
    if (here) {
      if (theirs.anchor !== undefined && theirs.anchor !== here.anchor) return 'foreign';
      if (theirs.instance !== undefined) return theirs.instance === here.instance ? 'same' : 'foreign';
      if (ownInstance === here.instance) return 'same';
    }
    return theirs.instance === ownerOf(running.metadata).instance ? 'same' : 'other';
  }
}

/** What a promise came to; undefined when it takes longer. */
async function settled<T>(promise: Promise<T>, time = 0): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, time, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function endsBefore(outcome: Promise<Outcome>, until: number): Promise<boolean> {
  const ended = outcome.then(() => true);
  return (await settled(ended, Math.max(0, until - Date.now()))) ?? false;
}
