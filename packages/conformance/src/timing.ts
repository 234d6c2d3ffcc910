/** Every waiting time, in milliseconds, and how far loops go. */
export interface Timing {
  /** How long a verb may take. The operator gives up on a Module after five minutes. */
  verb: number;
  /** How long /health may take. */
  health: number;
  /** How long a started process may take to listen before that is given up. */
  listen: number;
  /** When the operator's first call may come after the start. */
  firstCall: number;
  /** How long a process may take to end after SIGTERM. */
  exit: number;
  /** How long nothing must come on a connection until it counts as quiet. */
  quiet: number;
  /** After how many writes, one by one, the module's host dies. */
  deaths: number;
}

export const TIMING: Readonly<Timing> = Object.freeze({
  verb: 60_000,
  health: 5_000,
  listen: 15_000,
  firstCall: 1_100,
  exit: 12_000,
  quiet: 60,
  deaths: 8,
});
