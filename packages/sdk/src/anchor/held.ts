import type { Kube, ObjectRef } from '@forkspacer/kube';
import { ModuleError } from '../module-error.ts';
import { type Anchor, type Content, changeAnchor, findAnchor, removeAnchor } from './anchor.ts';

/** A change met another one this often in a row only when something fights for the anchor. */
const TRIES = 20;

/** The anchor while a verb of its owner runs: one change at a time, each only while it is still the owner's. */
export class HeldAnchor {
  readonly ref: ObjectRef;
  readonly #kube: Kube;
  readonly #module: string;
  #anchor: Anchor;
  #last: Promise<unknown> = Promise.resolve();
  #pending: ObjectRef[] = [];

  constructor(kube: Kube, ref: ObjectRef, module: string, anchor: Anchor) {
    this.#kube = kube;
    this.ref = ref;
    this.#module = module;
    this.#anchor = anchor;
  }

  get content(): Anchor {
    return this.#anchor;
  }

  /** @throws ModuleError when it is not the owner's any more */
  change(make: (now: Content) => Partial<Content> | undefined): Promise<void> {
    return this.#serially(async () => {
      const change = make(this.#anchor);
      if (!change) return true;
      const changed = await changeAnchor(this.#kube, this.ref, this.#anchor, change);
      if (changed) this.#anchor = changed;
      return changed !== undefined;
    });
  }

  touch(now: number): Promise<void> {
    return this.change(() => ({ touched: now }));
  }

  /**
   * Lists an object before it is made. Those that come while a change is under way are listed by one.
   *
   * @returns whether it was not listed before
   */
  async record(object: ObjectRef): Promise<boolean> {
    if (this.#anchor.made.some((each) => isSame(each, object))) return false;
    this.#pending.push(object);
    await this.change(({ made }) => {
      const added = this.#pending.filter((each) => !made.some((there) => isSame(there, each)));
      return added.length === 0 ? undefined : { made: [...made, ...added] };
    });
    // Not before it is written: a change that met another one is made again, with what was pending then.
    this.#pending = this.#pending.filter((each) => !this.#anchor.made.some((there) => isSame(there, each)));
    return true;
  }

  /** Takes an object off the list again: it was not made. */
  forget(object: ObjectRef): Promise<void> {
    return this.change(({ made }) => ({ made: made.filter((each) => !isSame(each, object)) }));
  }

  /** Deletes it, the last thing that an uninstall does. @throws ModuleError when it is not the owner's any more */
  remove(): Promise<void> {
    return this.#serially(
      async () =>
        (await removeAnchor(this.#kube, this.ref, this.#anchor)) ||
        // Gone is what was wanted, be it by an attempt whose answer was lost.
        (await findAnchor(this.#kube, this.ref, this.#module)) === undefined,
    );
  }

  #serially(attempt: () => Promise<boolean>): Promise<void> {
    const next = this.#last.then(() => this.#until(attempt));
    this.#last = next.catch(() => {});
    return next;
  }

  async #until(attempt: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (await attempt()) return;
      // Someone wrote to it, or the answer to a write of ours was lost: what counts is whose it is.
      const { instance, uid } = this.#anchor;
      const there = await findAnchor(this.#kube, this.ref, this.#module);
      if (there?.instance !== instance || there.uid !== uid) {
        throw new ModuleError({
          expected: `anchor ${this.ref.namespace}/${this.ref.name} to stay with instance ${instance}`,
          found: there ? `it taken over by instance ${there.instance}` : 'it removed',
          todo: 'stopped',
        });
      }
      this.#anchor = there;
    }
    throw new ModuleError({
      expected: `anchor ${this.ref.namespace}/${this.ref.name} to be left alone while a verb runs`,
      found: 'it changed all the time',
    });
  }
}

export function isSame(one: ObjectRef, other: ObjectRef): boolean {
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    (one.namespace ?? '') === (other.namespace ?? '') &&
    group(one) === group(other)
  );
}

const group = ({ apiVersion }: ObjectRef) => (apiVersion.includes('/') ? apiVersion.split('/')[0] : '');
