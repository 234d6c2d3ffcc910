import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { occupy } from '../target/free-port.ts';
import type { Exit, Launch, Runner, Target } from '../target/target.ts';
import type { Correct } from './correct.ts';

/** What a module has of its process, so that many can live in one. */
export interface Host {
  env: Record<string, string | undefined>;
  write(text: string): void;
  listen(server: Server, port: number, address?: string): Promise<void>;
  onSignal(handler: () => void): void;
  exit(code: number): void;
  /** Aborted when the process is gone. */
  gone: AbortSignal;
}

/** A module that lives in this process and behaves, seen from outside, as if it had one of its own. */
export function inProcess(Module: new (host: Host) => Correct): Target {
  return {
    title: Module.name || 'module',
    launch: (launch) => start(Module, launch),
    // 8080 is a port of its own for each of them.
    occupy: async (port) => (port === 8080 ? { port, free: async () => {} } : occupy(port)),
  };
}

function start(Module: new (host: Host) => Correct, { env, port }: Launch): Runner {
  const exited = Promise.withResolvers<Exit>();
  const gone = new AbortController();
  const servers: Server[] = [];
  let ended: Exit | undefined;
  let output = '';
  let onSignal: (() => void) | undefined;
  let real = port;
  const end = (exit: Exit) => {
    if (ended) return;
    ended = exit;
    gone.abort();
    for (const server of servers) server.close().closeAllConnections();
    exited.resolve(exit);
  };
  const host: Host = {
    env,
    gone: gone.signal,
    write(text) {
      output += text;
    },
    listen: (server, wanted, address) =>
      new Promise((resolve, reject) => {
        servers.push(server);
        server.on('error', reject);
        server.listen(wanted === 8080 ? 0 : wanted, address, () => {
          if (wanted === 8080 && port === 8080) real = (server.address() as AddressInfo).port;
          resolve();
        });
      }),
    onSignal(handler) {
      onSignal = handler;
    },
    exit: (code) => end({ code, signal: null }),
  };
  new Module(host).main().catch((error: Error) => {
    output += `${error.message}\n`;
    end({ code: 1, signal: null });
  });
  return {
    get url() {
      return `http://127.0.0.1:${real}`;
    },
    at: (address, other = real) => `http://${address}:${other}`,
    output: () => output,
    ended: () => ended,
    exited: exited.promise,
    signal(name) {
      if (onSignal) onSignal();
      else end({ code: null, signal: name });
    },
    kill: async () => end({ code: null, signal: 'SIGKILL' }),
  };
}
