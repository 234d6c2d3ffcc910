import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { httpApp } from './http/app.ts';
import { httpServer } from './http/server.ts';
import { inheritedSockets, listen, parsePort } from './http/sockets.ts';
import { plainLog } from './log/plain-log.ts';
import { threadExecutor } from './thread/executor.ts';
import { TIMES, type Times } from './times.ts';

export interface ServeOptions {
  /** The module's name and version. */
  name: string;
  version: string;
  /** The file that calls `work(definition)`. */
  worker: string;
  /** Handed to the worker as `workerData.extra`. */
  extra?: unknown;
  /** For tests. */
  times?: Partial<Times>;
}

/**
 * The main thread of a module: listens first, answers /health from here, and leaves everything else to a worker that
 * the first call starts. It imports neither the module nor a Kubernetes client, so that a process that waits is small.
 *
 * Environment: PORT (8080), FORKSPACER_DIR (/forkspacer), FORKSPACER_INSTANCE, METRICS_PORT, LOG_LEVEL, and
 * LISTEN_FDS with its companions. What cannot be listened on ends the process with one line and exit code 1.
 */
export async function serve({ name, version, worker, extra, ...given }: ServeOptions): Promise<void> {
  const { env } = process;
  const times: Times = { ...TIMES, ...given.times };
  const log = plainLog({ module: name, version }, env.LOG_LEVEL);
  try {
    const inherited = inheritedSockets(env, process.pid);
    // The parent that holds the socket has read PORT already.
    const port = inherited.listening.length > 0 ? 0 : parsePort('PORT', env.PORT, 8080);
    const metricsPort = env.METRICS_PORT ? parsePort('METRICS_PORT', env.METRICS_PORT, 0) : undefined;
    const dir = resolve(env.FORKSPACER_DIR || '/forkspacer');
    const instance = env.FORKSPACER_INSTANCE || undefined;

    const executor = threadExecutor({
      file: worker,
      name,
      times,
      log,
      data: { dir, instance, extra, times },
    });
    const metrics = metricsPort === undefined ? undefined : await import('./http/metrics.ts');
    const counts = metrics?.callMetrics({ name, version });
    const { app, stop } = httpApp({
      name,
      executor,
      times,
      log,
      ...(instance === undefined ? {} : { instance }),
      ...(counts ? { onAnswer: counts.count } : {}),
    });
    const server = httpServer(app);
    let metricsServer: Server | undefined;

    let ending = false;
    const end = async (signal: NodeJS.Signals) => {
      // Asked twice, it ends at once.
      if (ending) process.exit(0);
      ending = true;
      log.info({ signal }, 'shutting down');
      const closed = new Promise((done) => server.close(done));
      metricsServer?.close();
      const late = setTimeout(() => process.exit(0), times.shutdown + 2_000);
      await stop();
      await executor.stop();
      // Answers on their way to slow callers.
      await Promise.race([closed, new Promise((done) => setTimeout(done, 1_000))]);
      clearTimeout(late);
      process.exit(0);
    };
    // From here on: as process 1 it would not even be ended by a signal that nothing handles.
    process.on('SIGTERM', end);
    process.on('SIGINT', end);

    await listen(server, inherited, port);
    if (counts && metrics) metricsServer = await metrics.serveMetrics(counts, metricsPort ?? 0);
    log.info({ port: (server.address() as AddressInfo | null)?.port }, 'listening');
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${name}: ${text.replaceAll('\n', ' ')}\n`);
    process.exit(1);
  }
}
