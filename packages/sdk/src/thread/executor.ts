import type { Executor, HealthWord, Identity, Outcome, Running } from '../call/call.ts';
import type { Log } from '../define-module.ts';
import type { Times } from '../times.ts';
import { type FromWorker, type ToWorker, UNEXPECTED, type WorkerData } from './protocol.ts';

/** What a verb may keep on the JavaScript heap, in MB; a module with more to hold should stream it. */
const HEAP = 256;

const OUTSIDE = "unexpected error outside the verb; see the module's log";

/** Runs verbs in a worker thread, which is started by the first call and ended when there was none for a while. */
export function threadExecutor(options: {
  file: string;
  name: string;
  times: Times;
  log: Log;
  data: WorkerData;
}): Executor {
  const { file, name, times, log, data } = options;
  let thread: Thread | undefined;
  let idle: NodeJS.Timeout | undefined;

  function ready(): Thread {
    clearTimeout(idle);
    if (!thread || thread.ended)
      thread = startThread(file, data, (error) => log.error({ err: error }, 'module not loaded'));
    return thread;
  }

  return {
    start({ verb, ...call }) {
      const used = ready();
      const running = used.run({ type: 'call', call: { verb, ...call } }, (why) => `${name} ${verb}: ${why}`);
      running.outcome.finally(() => {
        idle = setTimeout(() => used.end(), times.idle);
        idle.unref();
      });
      return running;
    },
    health: async () => (thread && !thread.ended ? thread.health() : undefined),
    stop: async () => thread?.end(),
  };
}

interface Thread {
  ended: boolean;
  run(message: ToWorker, failure: (why: string) => string): Running;
  health(): Promise<HealthWord | undefined>;
  end(): Promise<void>;
}

function startThread(file: string, workerData: WorkerData, onError: (error: Error) => void): Thread {
  // Loaded here: a process that waits for its first call needs no threads.
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(file, { workerData, resourceLimits: { maxOldGenerationSizeMb: HEAP } });
  let current:
    | { identified(identity: Identity): void; end(outcome: Outcome): void; fail(why: string): void }
    | undefined;
  let hasHealth = false;
  /** Why it ended. */
  let why: string | undefined;
  const asked = new Map<number, (word: HealthWord) => void>();

  const thread: Thread = {
    ended: false,
    run(message, failure) {
      const identity = Promise.withResolvers<Identity | undefined>();
      const outcome = Promise.withResolvers<Outcome>();
      const end = (result: Outcome) => {
        current = undefined;
        outcome.resolve(result);
        identity.resolve(undefined);
      };
      const fail = (why: string) => end({ done: false, text: failure(why) });
      current = { identified: identity.resolve, end, fail };
      worker.postMessage(message);
      return {
        outcome: outcome.promise,
        identity: identity.promise,
        abort: (why) => worker.postMessage({ type: 'abort', why } satisfies ToWorker),
        kill(reason) {
          thread.ended = true;
          why = reason;
          void worker.terminate().finally(() => fail(reason));
        },
      };
    },
    async health() {
      if (!hasHealth) return undefined;
      const id = Math.random();
      const { promise, resolve } = Promise.withResolvers<HealthWord | undefined>();
      asked.set(id, resolve);
      worker.postMessage({ type: 'health', id } satisfies ToWorker);
      const late = setTimeout(resolve, workerData.times.health, undefined);
      const word = await promise;
      clearTimeout(late);
      asked.delete(id);
      return word;
    },
    async end() {
      thread.ended = true;
      await worker.terminate();
    },
  };

  worker.on('message', (message: FromWorker) => {
    if (message.type === 'identity') current?.identified(message.identity);
    else if (message.type === 'outcome') current?.end(message.outcome);
    else if (message.type === 'loaded') hasHealth = message.health;
    else asked.get(message.id)?.(message.word);
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    // Any other is one of loading the module: nobody has made its text safe to show, or logged it.
    if (!outOfMemory) onError(error);
    why ??= outOfMemory
      ? `expected to need at most ${HEAP} MB of memory, found more; it was stopped`
      : OUTSIDE;
  });
  worker.on('exit', (code) => {
    thread.ended = true;
    why ??= code === UNEXPECTED ? OUTSIDE : undefined;
    current?.fail(why ?? `expected an answer, found that the module ended its process (exit code ${code})`);
  });
  return thread;
}
