import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneLine } from '@forkspacer/contract';
import type { Log } from '../options.ts';
import { waitForHealth } from './health.ts';
import { isSameProcess, startOf } from './process-identity.ts';
import { type OnExit, type Runner, RunnerError, type RunnerSpec, type Runners, specHash } from './runner.ts';

interface Options {
  /** The command that stands for an image; throws when there is none. */
  resolveImage(image: string): string[] | Promise<string[]>;
  /** The kubeconfig that permission `controller` hands out. */
  ownKubeconfig(): Promise<string>;
  log: Log;
  onExit: OnExit;
  /** Where runners' folders are; default a folder of this user's own under the system's temporary one. */
  directory?: string;
  /** ms until a runner has to listen */
  startTimeout: number;
}

/** What a runner's folder tells an operator that comes after this one. */
interface Record_ {
  pid: number;
  start: string | undefined;
  operator: { pid: number; start: string | undefined };
}

interface Running {
  child: ChildProcess;
  spec: RunnerSpec;
  hash: string;
  url: string;
  exited: Promise<void>;
  stopping: boolean;
  /** epoch in ms */
  started: number;
}

/** More than the 10 s that a runner gives its running call after SIGTERM. */
const TERM_GRACE = 12_000;
const STARTS_AT_ONCE = 4;
/** A runner that lived for so long does not count as one that keeps dying. */
const STEADY = 60_000;
/** The operator's own environment holds what no runner should see. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'LOG_LEVEL', 'SystemRoot'];
const RECORD = 'runner.json';

/** All runners of this process: a crash of the operator takes them along, where it can still say so. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) kill(child, 'SIGKILL');
});

/**
 * Runners as local processes, for demos, development and tests: no Pod runs, the cluster may be without nodes.
 * Each has a folder (mode 0700) with its files and a record by which the next operator finds what this one left.
 */
export function processRunners(options: Options): Runners {
  const { log } = options;
  const directory = options.directory ?? join(tmpdir(), `forkspacer-runners-${userInfo().uid}`);
  const runners = new Map<string, Running>();
  const deaths = new Map<string, number>();
  let starting = 0;
  const waiting: (() => void)[] = [];

  const folderOf = (uid: string) => join(directory, uid);

  async function start(spec: RunnerSpec, hash: string, signal: AbortSignal): Promise<Running> {
    await makeOwn(directory);
    const command = await resolve(spec.image);
    const folder = folderOf(spec.uid);
    await endLeftover(folder);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = join(folder, 'forkspacer');
    await mkdir(files, { mode: 0o700 });
    for (const [name, text] of Object.entries(spec.files))
      await writeFile(join(files, name), text, { mode: 0o600 });

    const env: NodeJS.ProcessEnv = {};
    for (const name of PASSED_ON) if (process.env[name] !== undefined) env[name] = process.env[name];
    const port = await freePort();
    Object.assign(env, { PORT: String(port), FORKSPACER_DIR: files, FORKSPACER_INSTANCE: spec.uid });
    if (spec.controller) {
      env.KUBECONFIG = join(files, 'controller_kubeconfig');
      await writeFile(env.KUBECONFIG, await options.ownKubeconfig(), { mode: 0o600 });
    }

    // A process group of its own: Ctrl-C in the operator's terminal is the operator's to handle.
    const child = spawn(command[0]!, command.slice(1), {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    children.add(child);
    const lastLines: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        log({ runner: spec.module, line }, 'runner output');
        if (stream === child.stderr) lastLines.push(line);
        if (lastLines.length > 5) lastLines.shift();
      });
    }
    let ended: string | undefined;
    const exited = new Promise<void>((done) => {
      child.once('exit', () => children.delete(child));
      child.once('error', (error) => {
        ended ??= `could not be started (${error.message})`;
        done();
      });
      child.once('exit', (code, killer) => {
        ended ??= killer ? `ended by ${killer}` : `ended with exit code ${code}`;
        kill(child, 'SIGKILL'); // what it started and left behind
        done();
      });
    });
    const running: Running = {
      child,
      spec,
      hash,
      url: `http://127.0.0.1:${port}`,
      exited,
      stopping: false,
      started: Date.now(),
    };
    if (child.pid !== undefined) {
      const record: Record_ = {
        pid: child.pid,
        start: await startOf(child.pid),
        operator: { pid: process.pid, start: await startOf(process.pid) },
      };
      await writeFile(join(folder, RECORD), JSON.stringify(record), { mode: 0o600 });
    }

    const giveUp = new AbortController();
    const either = AbortSignal.any([signal, giveUp.signal]);
    void exited.then(() => giveUp.abort());
    try {
      await waitForHealth(running.url, options.startTimeout, either);
      if (ended !== undefined) throw new RunnerError('it ended'); // another process answered on its port
    } catch (error) {
      const why = ended;
      await end(running);
      await rm(folder, { recursive: true, force: true });
      if (why === undefined) throw error;
      const said = lastLines.length > 0 ? `: ${oneLine(lastLines.join(' '), 400)}` : '';
      throw new RunnerError(`the runner ${why} before it listened${said}`);
    }
    void exited.then(() => onEnd(running, ended!));
    return running;
  }

  function onEnd(running: Running, how: string): void {
    const { uid, module } = running.spec;
    if (runners.get(uid) !== running) return;
    runners.delete(uid);
    if (running.stopping) return;
    const times = Date.now() - running.started > STEADY ? 1 : (deaths.get(uid) ?? 0) + 1;
    deaths.set(uid, times);
    log({ runner: module, how, times }, 'a runner ended by itself');
    options.onExit(module, times);
  }

  async function resolve(image: string): Promise<string[]> {
    let command: string[];
    try {
      command = await options.resolveImage(image);
    } catch (error) {
      throw new RunnerError(oneLine((error as Error).message));
    }
    if (command.length === 0) throw new RunnerError(`no local program is known for image ${image}`);
    return command;
  }

  async function end(running: Running): Promise<void> {
    running.stopping = true;
    kill(running.child, 'SIGTERM', 'alone');
    const waited = new AbortController();
    await Promise.race([
      running.exited,
      sleep(TERM_GRACE, undefined, { signal: waited.signal }).catch(() => {}),
    ]);
    waited.abort();
    kill(running.child, 'SIGKILL');
    await running.exited;
  }

  async function stop(uid: string): Promise<void> {
    const running = runners.get(uid);
    deaths.delete(uid);
    if (running) {
      await end(running);
      if (runners.get(uid) === running) runners.delete(uid);
    }
    await endLeftover(folderOf(uid));
    await rm(folderOf(uid), { recursive: true, force: true });
  }

  return {
    async ensure(spec, signal): Promise<Runner> {
      const hash = specHash(spec);
      const found = runners.get(spec.uid);
      if (found && found.hash === hash && found.child.exitCode === null && found.child.signalCode === null) {
        return { url: found.url, adopted: false };
      }
      if (found) await stop(spec.uid);
      if (starting >= STARTS_AT_ONCE) await new Promise<void>((go) => waiting.push(go));
      starting++;
      try {
        const running = await start(spec, hash, signal);
        runners.set(spec.uid, running);
        return { url: running.url, adopted: false };
      } finally {
        starting--;
        waiting.shift()?.();
      }
    },
    alive: (uid) => runners.has(uid),
    stop,
    async sweep() {
      for (const uid of await readdir(directory).catch(() => [])) {
        if (runners.has(uid)) continue;
        const record = await readRecord(folderOf(uid));
        // Another operator on this machine looks after its own, and what has no record is no runner's folder.
        if (!record || (await isSameProcess(record.operator.pid, record.operator.start))) continue;
        await endLeftover(folderOf(uid));
        await rm(folderOf(uid), { recursive: true, force: true });
      }
    },
    async close() {
      await Promise.all([...runners.keys()].map(stop));
    },
  };
}

/** The folder of all runners. Under a temporary folder, where anybody can make one first, it has to be this user's. */
async function makeOwn(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await lstat(directory);
  if (!found.isDirectory() || found.uid !== userInfo().uid) {
    throw new RunnerError(`expected ${directory} to be a folder of this user, found another's: remove it`);
  }
  await chmod(directory, 0o700);
}

/** Ends the process that a folder's record names, if it still is that process. */
async function endLeftover(folder: string): Promise<void> {
  const record = await readRecord(folder);
  if (!record) return;
  for (let waited = 0; await isSameProcess(record.pid, record.start); waited += 50) {
    try {
      process.kill(-record.pid, waited < TERM_GRACE ? 'SIGTERM' : 'SIGKILL');
    } catch {
      return;
    }
    await sleep(50);
  }
}

async function readRecord(folder: string): Promise<Record_ | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, RECORD), 'utf8')) as Record_;
  } catch {
    return undefined;
  }
}

function kill(child: ChildProcess, signal: NodeJS.Signals, alone?: 'alone'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(alone ? child.pid : -child.pid, signal);
  } catch {
    // gone already
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
