import type { Executor, HealthWord, Identity, Outcome, Running } from '../call/call.ts';
import { TIMES } from '../times.ts';
import type { FromWorker, ToWorker, WorkerData } from './protocol.ts';

/** What a verb may keep on the JavaScript heap, in MB; a module with more to hold should stream it. */
const HEAP = 256;

/** Runs verbs in a worker thread, which is started by the first call and ended when there was none for a while. */
export function threadExecutor(options: { file: string; name: string; data: WorkerData }): Executor {
  const { file, name, data } = options;
  let thread: Thread | undefined;
  let idle: NodeJS.Timeout | undefined;

  function ready(): Thread {
    clearTimeout(idle);
    if (!thread || thread.ended) thread = startThread(file, data);
    return thread;
  }

  return {
    start({ verb, ...call }) {
      const used = ready();
      const running = used.run({ type: 'call', call: { verb, ...call } }, (why) => `${name} ${verb}: ${why}`);
      running.outcome.finally(() => {
        idle = setTimeout(() => used.end(), TIMES.idle);
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

function startThread(file: string, workerData: WorkerData): Thread {
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
      const late = setTimeout(resolve, TIMES.health, undefined);
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
    thread.ended = true;
    // The text of an error that nobody made safe to show stays in the log, which the worker has written.
    why =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `expected to need at most ${HEAP} MB of memory, found more; it was stopped`
        : `unexpected error outside the verb (${error.name}); see the module's log`;
  });
  worker.on('exit', (code) => {
    thread.ended = true;
    current?.fail(why ?? `expected an answer, found that the module ended its process (exit code ${code})`);
  });
  return thread;
}
