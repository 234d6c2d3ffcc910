import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Express } from 'express';
import { inlineExecutor } from './call/inline.ts';
import type { ModuleDefinition } from './define-module.ts';
import { httpApp } from './http/app.ts';
import { httpServer } from './http/server.ts';
import { makeLog } from './log/log.ts';
import { TIMES, type Times } from './times.ts';

export interface CreateAppOptions {
  /** Holds config.json and workspace_kubeconfig; read anew on every call. */
  dir: string;
  /** default 0.0.0 */
  version?: string;
  /** As FORKSPACER_INSTANCE would say it. */
  instance?: string;
  /** Who it is for want of an instance; default: this host's name. Two apps with two names are two runners. */
  hostname?: string;
  times?: Partial<Times>;
  /** LOG_LEVEL; default info. */
  level?: string;
  /** Takes the log's lines, each with its newline; default: standard output. */
  write?(line: string): void;
}

export interface ModuleApp {
  app: Express;
  /** Listens on a loopback port of its own. */
  listen(port?: number): Promise<{ url: string; server: Server }>;
  /** Takes no more calls, lets the running one end, and closes what `listen` opened. */
  stop(): Promise<void>;
  /** As if the process were killed: nothing is answered or written any more. */
  kill(): Promise<void>;
}

/**
 * A module's whole HTTP surface in this process, with its verbs in this thread: for tests and tools. In production
 * `serve` puts them into a thread of their own, which alone can end a verb that does not heed its signal.
 */
export function createApp(definition: ModuleDefinition, options: CreateAppOptions): ModuleApp {
  const { dir, version = '0.0.0', instance, level, write } = options;
  const times: Times = { ...TIMES, ...options.times };
  const executor = inlineExecutor(definition, {
    dir,
    version,
    instance,
    hostname: options.hostname ?? hostname(),
    times,
    level,
    write,
  });
  const { name } = definition;
  const log = makeLog({ fields: { module: name, version }, level, ...(write ? { write } : {}) });
  const { app, stop } = httpApp({
    name,
    executor,
    times,
    log,
    ...(instance === undefined ? {} : { instance }),
  });
  const servers: Server[] = [];
  const close = (server: Server) => new Promise((done) => server.close(done));

  return {
    app,
    async listen(port = 0) {
      const server = httpServer(app);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
      servers.push(server);
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
    },
    async stop() {
      const closed = servers.map(close);
      await stop();
      await executor.stop();
      await Promise.all(closed);
    },
    async kill() {
      const closed = servers.map(close);
      for (const server of servers) server.closeAllConnections();
      // What waits for its turn must not get it.
      void stop();
      await executor.stop();
      await Promise.all(closed);
    },
  };
}
