import { type ChildProcess, spawn } from 'node:child_process';
import type { Exit, Launch, Runner, Target } from './target.ts';

/** What this process has and an operator would not give. */
const NOT_INHERITED = /^(PORT|METRICS_PORT|FORKSPACER_|LISTEN_|KUBECONFIG|KUBERNETES_|VITEST|LOG_LEVEL)/;
const OUTPUT_LIMIT = 1024 * 1024;

/** What runs now. In groups of their own, they would outlive this process when it is interrupted. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) killGroup(child);
});

/** A module that a command starts, with PORT and FORKSPACER_DIR set. */
export function commandTarget(command: readonly string[], cwd?: string): Target {
  return { title: command.join(' '), launch: (launch) => start(command, launch, cwd) };
}

function start([file, ...args]: readonly string[], { env, port }: Launch, cwd?: string): Runner {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name)),
  );
  // A group of its own: what the command starts in turn ends with it.
  const child = spawn(file ?? '', args, {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(cwd !== undefined && { cwd }),
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < OUTPUT_LIMIT) output += text;
    });
  }
  let ended: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.on('error', (error) => {
      output += `${error.message}\n`;
      ended = { code: 127, signal: null };
      resolve(ended);
    });
    // Not before its output has been read to the end.
    child.on('close', (code, signal) => {
      running.delete(child);
      ended ??= { code, signal };
      resolve(ended);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    at: (host, other = port) => `http://${host}:${other}`,
    output: () => output,
    ended: () => ended ?? exitOf(child),
    exited,
    signal: (name) => void child.kill(name),
    async kill() {
      killGroup(child);
      await exited;
    },
  };
}

function exitOf({ exitCode, signalCode }: ChildProcess): Exit | undefined {
  return exitCode === null && signalCode === null ? undefined : { code: exitCode, signal: signalCode };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended, and so has all that it started.
  }
}
