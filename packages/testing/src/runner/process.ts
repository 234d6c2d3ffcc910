import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { mount } from './folder.ts';
import type { Runner, RunnerOptions } from './runner.ts';

/** A module in a process of its own, with its verbs in a thread of that, as its image runs it. */
export interface ProcessRunner extends Runner {
  process: ChildProcess;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
}

const STARTS_WITHIN = 20_000;

/** Starts the module in `file` (its source) as a process; resolves when it answers /health. */
export async function startProcessRunner(
  file: string,
  { instance, config, kubeconfig }: Omit<RunnerOptions, 'hostname' | 'times'>,
): Promise<ProcessRunner> {
  const { dir, remove } = await mount({ config, kubeconfig });
  const port = await freePort();
  const run = fileURLToPath(new URL('./run.ts', import.meta.resolve('@forkspacer/sdk')));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', run, file], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      FORKSPACER_DIR: dir,
      ...(instance !== undefined && { FORKSPACER_INSTANCE: instance }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => log.push(text));
  }
  // After what it wrote last.
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  const url = `http://127.0.0.1:${port}`;
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
    await remove();
  };
  const until = Date.now() + STARTS_WITHIN;
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      await end('SIGKILL');
      throw new Error(`expected ${file} to answer /health, found:\n${log.join('')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { url, log, process: child, ended, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
