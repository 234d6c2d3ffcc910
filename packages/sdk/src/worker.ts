import { parentPort, workerData } from 'node:worker_threads';
import type { ModuleDefinition } from './define-module.ts';
import type { ToWorker, WorkerData } from './thread/protocol.ts';

/** The worker thread of a module: runs the verbs that the main thread sends. Called by the file that `serve` is given. */
export function work(definition: ModuleDefinition<any>, { version }: { version: string }): void {
  const { dir, instance } = workerData as WorkerData;
  void definition;
  void version;
  void dir;
  void instance;
  parentPort!.on('message', (message: ToWorker) => {
    if (message.type === 'call')
      parentPort!.postMessage({ type: 'outcome', outcome: { done: false, text: 'not yet' } });
  });
}
