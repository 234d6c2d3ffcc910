import { hostname } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { askHealth } from './call/ask-health.ts';
import { Cluster } from './call/cluster.ts';
import { runCall } from './call/run-call.ts';
import type { Settings } from './call/settings.ts';
import { Stopped } from './call/stopped.ts';
import type { ModuleDefinition } from './define-module.ts';
import { makeLog } from './log/log.ts';
import { type FromWorker, type ToWorker, UNEXPECTED, type WorkerData } from './thread/protocol.ts';

/**
 * The worker thread of a module: runs the verbs that the listening thread sends. Called by the file that `serve` was
 * given as its worker, and only there.
 */
export function work(definition: ModuleDefinition, { version }: { version: string }): void {
  const { dir, instance, times } = workerData as WorkerData;
  const port = parentPort;
  if (!port)
    throw new Error('expected to be in a worker thread, found the main thread; start the module with serve');
  const tell = (message: FromWorker) => port.postMessage(message);
  const level = process.env.LOG_LEVEL;
  const settings: Settings = { dir, version, instance, hostname: instanceOfHost(), times, level };
  const cluster = new Cluster();
  let running: AbortController | undefined;

  port.on('message', async (message: ToWorker) => {
    if (message.type === 'abort') running?.abort(new Stopped(message.why));
    else if (message.type === 'health') {
      tell({ type: 'health', id: message.id, word: await askHealth(definition, settings, cluster) });
    } else {
      running = new AbortController();
      const outcome = await runCall(definition, message.call, settings, cluster, running.signal, (identity) =>
        tell({ type: 'identity', identity }),
      );
      tell({ type: 'outcome', outcome });
    }
  });

  // What nobody awaits may leave anything half done: this thread is not used again.
  process.on('uncaughtException', (error) => {
    makeLog({ fields: { module: definition.name, version }, level }).error(
      { err: error },
      'error outside the verb',
    );
    process.exit(UNEXPECTED);
  });
  tell({ type: 'loaded', health: definition.health !== undefined });
}

/** The host's name as a label may hold it. */
function instanceOfHost(): string {
  return (
    hostname()
      .slice(0, 63)
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '') || 'host'
  );
}
