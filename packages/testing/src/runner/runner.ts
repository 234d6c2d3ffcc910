import type { ConfigDeclaration } from '@forkspacer/contract';
import { createApp, type ModuleDefinition, type Times } from '@forkspacer/sdk';
import { type Mounted, mount } from './folder.ts';

/** A module at work, as the operator finds it. */
export interface Runner {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Every line that it has logged. */
  log: string[];
  /** Ends it in good order, as SIGTERM does. */
  stop(): Promise<void>;
  /** Ends it at once, whatever it is doing, as SIGKILL does. */
  kill(): Promise<void>;
}

export interface RunnerOptions extends Mounted {
  /** FORKSPACER_INSTANCE; the real operator sets none. */
  instance?: string | undefined;
  /** The Pod's name; default: one that is the same for all. */
  hostname?: string;
  times?: Partial<Times>;
}

/** Starts a module in this process: quick, and its verbs run in this thread. */
export async function startRunner<D extends ConfigDeclaration>(
  module: ModuleDefinition<D>,
  { instance, hostname = 'runner', times, ...mounted }: RunnerOptions,
): Promise<Runner> {
  const { dir, remove } = await mount(mounted);
  const log: string[] = [];
  const app = createApp(module as unknown as ModuleDefinition, {
    dir,
    hostname,
    level: 'debug',
    write: (line) => void log.push(line),
    ...(times && { times }),
    ...(instance !== undefined && { instance }),
  });
  const { url } = await app.listen();
  const ended = (end: () => Promise<void>) => async () => {
    await end();
    await remove();
  };
  return { url, log, stop: ended(app.stop), kill: ended(app.kill) };
}
