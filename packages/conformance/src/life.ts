import type { Verb } from '@forkspacer/contract';
import { Blocked, shown } from './check.ts';
import type { Runner } from './target/target.ts';
import type { Timing } from './timing.ts';
import { fromGoJson, type Metadata } from './wire/go-json.ts';
import { isDone, type Posted, post } from './wire/post.ts';
import { type Answer, NoAnswer } from './wire/send.ts';

/** One instance of the module as the operator leads it: it remembers what the module answered last. */
export class Life {
  runner: Runner;
  /** What goes with the next call. */
  metadata: Metadata = {};
  installed = false;
  asleep = false;
  /** It has been there and gone. */
  wasInstalled = false;
  readonly #timing: Timing;
  /** Verbs that were never answered: calling them again would take as long again. */
  readonly #silent: Set<Verb>;

  constructor(runner: Runner, timing: Timing, silent: Set<Verb> = new Set()) {
    this.runner = runner;
    this.#timing = timing;
    this.#silent = silent;
  }

  /**
   * Calls a verb with the metadata of before, or with other one.
   *
   * @throws NoAnswer
   */
  async call(verb: Verb, body: unknown = this.metadata, options: Partial<Posted> = {}): Promise<Answer> {
    if (this.#silent.has(verb)) throw new NoAnswer(`POST /${verb}`, 'none before, either', true);
    let answer: Answer;
    try {
      answer = await post(this.runner.url, verb, body, { timeout: this.#timing.verb, ...options });
    } catch (error) {
      if (error instanceof NoAnswer && error.timedOut) this.#silent.add(verb);
      throw error;
    }
    if (isDone(answer)) this.#did(verb, answer);
    return answer;
  }

  /**
   * The same, for a step on the way to what is checked.
   *
   * @throws Blocked when it is not done
   */
  async must(verb: Verb, body: unknown = this.metadata): Promise<Answer> {
    const answer = await this.call(verb, body).catch((error: Error) => {
      throw new Blocked(`${verb}: ${error.message}`);
    });
    if (!isDone(answer)) throw new Blocked(`${verb} answered ${answer.status}: ${shown(answer.text)}`);
    return answer;
  }

  async mustAll(...verbs: Verb[]): Promise<void> {
    for (const verb of verbs) await this.must(verb);
  }

  /** Brings it to the state of being installed and awake. */
  async beAwake(): Promise<void> {
    if (!this.installed) await this.must('install');
    if (this.asleep) await this.must('resume');
  }

  async beAsleep(): Promise<void> {
    if (!this.installed) await this.must('install');
    if (!this.asleep) await this.must('sleep');
  }

  async beAway(): Promise<void> {
    if (this.installed) await this.must('uninstall');
  }

  /** The same instance on another process. */
  movedTo(runner: Runner, metadata: Metadata = this.metadata): Life {
    const moved = new Life(runner, this.#timing, this.#silent);
    moved.metadata = metadata;
    moved.installed = this.installed;
    moved.asleep = this.asleep;
    return moved;
  }

  #did(verb: Verb, answer: Answer): void {
    const kept = fromGoJson(answer.text);
    // The operator goes on with the old metadata after an empty answer.
    if (kept && Object.keys(kept).length > 0) this.metadata = kept;
    if (verb === 'install') this.installed = true;
    if (verb === 'uninstall') {
      this.installed = false;
      this.wasInstalled = true;
      this.metadata = {};
    }
    if (verb === 'sleep') this.asleep = true;
    if (verb === 'resume' || verb === 'uninstall') this.asleep = false;
  }
}
