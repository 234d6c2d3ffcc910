/**
 * The API server's clock, which is the one that machines with different clocks have in common: learnt from the `Date`
 * of its answers, which is in whole seconds. As long as those allow it, it is this machine's own.
 */
export class ServerClock {
  #ahead = 0;

  /** Epoch in ms. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** @param sent when the request left, @param heard when its answer began, both by this machine's clock */
  learn(date: string | undefined, sent: number, heard: number): void {
    const told = Date.parse(date ?? '');
    if (Number.isNaN(told)) return;
    // The server said it between the two, at any moment of the second that it names.
    const [least, most] = [told - heard, told + 999 - sent];
    if (least <= most) this.#ahead = Math.min(Math.max(this.#ahead, least), most);
  }
}
