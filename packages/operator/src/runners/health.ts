import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunnerError } from './runner.ts';

/**
 * Waits until the runner listens and does not call itself unhealthy. An answer below 500 is enough: the real
 * operator never asks for /health, so a module may do without it.
 */
export async function waitForHealth(url: string, timeout: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + timeout;
  let last = 'nothing listens';
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 500)) {
    if (signal.aborted) throw new RunnerError('starting the runner was called off');
    try {
      const status = await health(url, signal);
      if (status < 500) return;
      last = `/health answers ${status}`;
    } catch (error) {
      last =
        (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
          ? 'nothing listens'
          : (error as Error).message;
    }
    if (Date.now() > deadline) {
      throw new RunnerError(`the runner did not come up in ${Math.round(timeout / 1000)} s: ${last}`);
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

function health(url: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(new URL('/health', url), { agent: false, signal, timeout: 5000 }, (response) => {
      response.resume();
      response.on('error', () => {});
      resolve(response.statusCode!);
    });
    request.on('timeout', () => request.destroy(new Error('/health does not answer')));
    request.on('error', reject);
  });
}
