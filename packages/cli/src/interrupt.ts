const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** ms. One Ctrl-C may come more than once: to the whole group from the terminal, and passed on by npm or `timeout`. */
const ONE_INTERRUPT = 1000;

/**
 * Runs work with a signal that SIGINT, SIGTERM, SIGHUP and the loss of whoever reads the output abort. The handlers of
 * signals are taken away afterwards; a second signal, a moment after the first, ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let interruptedAt: number | undefined;
  const interrupt = (why: string) => {
    interruptedAt ??= Date.now();
    controller.abort(new Error(`interrupted${why}`));
  };
  const stop = (name: NodeJS.Signals) => {
    if (interruptedAt !== undefined && Date.now() - interruptedAt > ONE_INTERRUPT) process.exit(130);
    interrupt(` by ${name}`);
  };
  for (const name of SIGNALS) process.on(name, stop);
  // Not taken away: each write to what is closed tells of it, and ends the process when nobody listens.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => interrupt(': nothing reads the output any more'));
  }
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
