/** Every waiting time of the runtime, in milliseconds. Tests shorten them; nothing else should. */
export interface Times {
  /** How long a verb may run. The operator takes a call of more than 5 minutes for failed. */
  deadline: number;
  /** How long one call to the cluster may take before it is made again. */
  call: number;
  /** How long after the deadline, or after being told to stop, a verb may take to end before its thread is ended. */
  grace: number;
  /** How long a call waits for another verb to end. */
  wait: number;
  /** Before a call that may belong to another runner is sent to draw again: that runner may still be starting. */
  pause: number;
  /** How often a running verb says on its anchor that it is alive. */
  heartbeat: number;
  /** An anchor of an unfinished install, untouched for this long, was left behind by a crash. */
  abandoned: number;
  /** A worker without a call for this long is ended. */
  idle: number;
  /** How long a running call may go on after SIGTERM. */
  shutdown: number;
  /** How long a body may take to arrive. */
  body: number;
  /** How long GET /health waits for the module's own word before it gives the last one. */
  health: number;
}

export const TIMES: Readonly<Times> = Object.freeze({
  deadline: 240_000,
  call: 30_000,
  grace: 5_000,
  wait: 30_000,
  pause: 1_000,
  heartbeat: 30_000,
  abandoned: 300_000,
  idle: 30_000,
  shutdown: 10_000,
  body: 10_000,
  health: 1_000,
});

/** How often a call that may belong to another runner behind the same Service is sent to draw again. */
export const DRAWS = 5;
