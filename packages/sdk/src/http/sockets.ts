import type { Server } from 'node:http';
import { Socket } from 'node:net';

/** The first descriptor that a parent hands over, by the protocol of sd_listen_fds(3). */
const FIRST = 3;

export interface Inherited {
  /** Listening sockets. */
  listening: number[];
  /** Connections that the parent has accepted and not read from; named `connection` in LISTEN_FDNAMES. */
  connections: number[];
}

/**
 * What a parent handed over (LISTEN_FDS, LISTEN_FDNAMES, and LISTEN_PID where it is set), and takes it out of the
 * environment, so that no child believes it is meant.
 *
 * @throws Error one line, when the variables make no sense
 */
export function inheritedSockets(env: NodeJS.ProcessEnv, pid: number): Inherited {
  const { LISTEN_FDS: count, LISTEN_PID: meant, LISTEN_FDNAMES: given } = env;
  delete env.LISTEN_FDS;
  delete env.LISTEN_PID;
  delete env.LISTEN_FDNAMES;
  const inherited: Inherited = { listening: [], connections: [] };
  if (!count || (meant && meant !== String(pid))) return inherited;
  if (!/^[0-9]{1,3}$/.test(count))
    throw new Error(`expected a number in LISTEN_FDS, found ${JSON.stringify(count)}`);
  const names = given?.split(':') ?? [];
  for (let index = 0; index < Number(count); index++) {
    const kind = names[index] === 'connection' ? 'connections' : 'listening';
    inherited[kind].push(FIRST + index);
  }
  return inherited;
}

/** Listens on what was inherited, or else on `port` of every address; resolves to the ports. */
export async function listen(server: Server, inherited: Inherited, port: number): Promise<void> {
  if (inherited.listening.length > 1) {
    throw new Error(`expected one listening socket, found ${inherited.listening.length}`);
  }
  const fd = inherited.listening[0];
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(fd === undefined ? { port } : { fd }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  for (const each of inherited.connections) {
    // As node's own server makes them: a caller may have ended its side already.
    const socket = new Socket({ fd: each, readable: true, writable: true, allowHalfOpen: true });
    server.emit('connection', socket);
  }
}

/** @throws Error one line, when the text is no port; `""` counts as absent */
export function parsePort(name: string, text: string | undefined, absent: number): number {
  if (text === undefined || text === '') return absent;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new Error(
      `expected ${name} to be a port from 0 to 65535, found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return port;
}
