import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server under measurement: how it is started, and what it is called in the tables. */
export interface Peer {
  name: string;
  command: string[];
  env?: Record<string, string>;
}

export interface Running {
  port: number;
  pid: number;
  /** Milliseconds from exec to the first 200 on /health. */
  startMs: number;
  stop(): Promise<void>;
}

/** Starts a peer on a free port and asks /health until it answers 200. */
export async function start(peer: Peer): Promise<Running> {
  const port = await freePort();
  const [file, ...args] = peer.command as [string, ...string[]];
  const began = performance.now();
  const child = spawn(file, args, {
    env: { ...process.env, ...peer.env, PORT: String(port) },
    stdio: 'ignore',
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await answers(port))) {
    if (child.exitCode !== null)
      throw new Error(`${peer.name} exited with ${child.exitCode} before it answered`);
    if (performance.now() - began > 20_000)
      throw new Error(`${peer.name} did not answer /health within 20 s`);
    await sleep(1);
  }
  const startMs = performance.now() - began;
  return { port, pid: child.pid!, startMs, stop: () => end(child, exited) };
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  await Promise.race([exited, sleep(3000, undefined, { ref: false })]);
  if (child.exitCode === null) child.kill('SIGKILL');
  await exited;
}

/** One GET /health over a bare socket: the client must cost less than what it measures. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(2000, () => socket.destroy());
    socket.once('connect', () =>
      socket.write('GET /health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n'),
    );
    socket.once('data', (data) => {
      resolve(data.subarray(0, 12).toString().endsWith('200'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Proportional set size in MB: shared pages counted once, split between those who share them. */
export function memory(pid: number): number {
  const [, kB] = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+) kB/m) ?? [];
  return Number(kB) / 1000;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
