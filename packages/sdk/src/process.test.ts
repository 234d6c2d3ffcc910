import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cluster, startCluster } from '@forkspacer/embedded-cluster';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

/** A module whose verbs misbehave as its config says, started as an image starts it: `serve`, and a worker file. */
const MODULE = `
import { defineModule, string } from ${JSON.stringify(fileURLToPath(import.meta.resolve('./index.ts')))};
import { work } from ${JSON.stringify(fileURLToPath(import.meta.resolve('./worker.ts')))};
const hang = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const does = {
  nothing() {},
  spin() { for (;;); },
  exit() { process.exit(0); },
  late() { setTimeout(() => { throw new Error('too late, hunter2hunter2'); }); return new Promise(() => {}); },
  unheard() { Promise.reject(new Error('unheard')); return new Promise(() => {}); },
  fill() { const all = []; for (;;) all.push(new Array(1_000_000).fill(all.length)); },
  hang: ({ signal }) => hang(signal),
  second: () => new Promise((done) => setTimeout(done, 1000)),
};
work(defineModule({
  name: 'naughty', description: 'x', category: 'x', identity: ['name'],
  config: { name: string({ default: 'x', description: 'x' }), does: string({ default: 'nothing', description: 'x' }) },
  install: (context) => does[context.config.does](context),
  sleep() {},
  resume() {},
  health: ({ config }) => ({ healthy: config.does !== 'spin', message: 'does ' + config.does }),
}), { version: '1.2.3' });
`;

const MAIN = `
import { serve } from ${JSON.stringify(fileURLToPath(import.meta.resolve('./serve.ts')))};
serve({ name: 'naughty', version: '1.2.3', worker: __dirname + '/worker.cjs', times: JSON.parse(process.env.TIMES) });
`;

let cluster: Cluster;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  folder = mkdtempSync(join(tmpdir(), 'sdk-process-'));
  // Bundled, as images have it: it loads many times faster than its source.
  const options = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' } as const;
  for (const [name, contents] of Object.entries({ worker: MODULE, main: MAIN })) {
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      outfile: join(folder, `${name}.cjs`),
      ...options,
    });
  }
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  configure(does: string): void;
  child: ChildProcess;
  url: string;
  output(): string;
  errors(): string;
  ended: Promise<number | null>;
}

async function start(
  does: string,
  given: { times?: object; env?: Record<string, string>; inherit?: number[]; main?: string[] } = {},
): Promise<Started> {
  const { times = {}, env = {}, inherit = [] } = given;
  // A folder and an anchor of its own: several run at once.
  const dir = mkdtempSync(join(folder, 'runner-'));
  const configure = (next: string) =>
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ does: next, name: basename(dir) }));
  configure(does);
  writeFileSync(join(dir, 'workspace_kubeconfig'), cluster.kubeconfig);
  const child = spawn(process.execPath, given.main ?? [join(folder, 'main.cjs')], {
    env: {
      PATH: process.env.PATH,
      TIMES: JSON.stringify({ pause: 20, ...times }),
      PORT: '0',
      FORKSPACER_DIR: dir,
      FORKSPACER_INSTANCE: 'me',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', ...inherit],
  });
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const listening = (): string | undefined => /"port":(\d+),"msg":"listening"/.exec(output)?.[1];
  await expect.poll(() => listening() ?? child.exitCode, { timeout: 10_000, interval: 20 }).not.toBeNull();
  return {
    configure,
    child,
    url: `http://127.0.0.1:${listening()}`,
    output: () => output,
    errors: () => errors,
    ended,
  };
}

async function post({ url }: Started, verb: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/${verb}`, { method: 'POST' });
  return { status: response.status, text: await response.text() };
}

describe('a verb that misbehaves costs one 400, not the process', () => {
  test.each([
    ['spin', /^naughty install: expected to end within 1\.5 s, found it still running; it was stopped$/],
    ['hang', /^naughty install: expected to end within 1\.5 s, found it still running; it was stopped$/],
    [
      'exit',
      /^naughty install: expected an answer, found that the module ended its process \(exit code 0\)$/,
    ],
    ['late', /^naughty install: unexpected error outside the verb; see the module's log$/],
    ['unheard', /^naughty install: unexpected error outside the verb; see the module's log$/],
    ['fill', /^naughty install: expected to need at most 256 MB of memory, found more; it was stopped$/],
  ])('%s', async (does, text) => {
    const deadline = ['spin', 'hang'].includes(does) ? 1_500 : 60_000;
    const runner = await start(does, { times: { deadline, grace: 200 } });
    const install = post(runner, 'install');
    expect((await fetch(`${runner.url}/health`)).status).toBeGreaterThanOrEqual(200);
    expect(await install).toEqual({ status: 400, text: expect.stringMatching(text) });
    runner.configure('nothing');
    expect((await post(runner, 'install')).status).toBe(201);
    expect((await post(runner, 'uninstall')).status).toBe(204);
    if (does === 'spin')
      expect(runner.output()).toMatch(/"refusal":"naughty install: expected to end within/);
    if (does === 'late') expect(runner.output()).toContain('too late');
  });
});

describe('the end of the process', () => {
  test('SIGTERM without a running call ends it with 0', async () => {
    const runner = await start('nothing');
    runner.child.kill('SIGTERM');
    expect(await runner.ended).toBe(0);
    expect(runner.output()).toContain('shutting down');
  });

  test('SIGTERM lets the running call end, takes no new one, and then ends it with 0', async () => {
    const runner = await start('second');
    const install = post(runner, 'install');
    await expect.poll(runner.output, { timeout: 10_000 }).toContain('"msg":"verb started"');
    runner.child.kill('SIGTERM');
    await expect.poll(runner.output).toContain('shutting down');
    await expect(post(runner, 'resume')).rejects.toThrow();
    expect((await install).status).toBe(201);
    expect(await runner.ended).toBe(0);
  });

  test('SIGTERM ends a call that goes on for too long with 400, and the process with 0', async () => {
    const runner = await start('spin', { times: { shutdown: 300 } });
    const install = post(runner, 'install');
    await expect.poll(runner.output, { timeout: 10_000 }).toContain('"msg":"verb started"');
    runner.child.kill('SIGTERM');
    expect(await install).toEqual({
      status: 400,
      text: 'naughty install: the module was told to shut down and did not end in time',
    });
    expect(await runner.ended).toBe(0);
  });
});

describe('the port', () => {
  test.each(['x', '-1', '65536', '80 ', '1e3'])('PORT=%j is one line and exit code 1', async (PORT) => {
    const runner = await start('nothing', { env: { PORT } });
    expect(await runner.ended).toBe(1);
    expect(runner.errors()).toBe(
      `naughty: expected PORT to be a port from 0 to 65535, found ${JSON.stringify(PORT)}\n`,
    );
  });

  test('one that is taken is one line and exit code 1', async () => {
    const first = await start('nothing');
    const second = await start('nothing', { env: { PORT: new URL(first.url).port } });
    expect(await second.ended).toBe(1);
    expect(second.errors()).toMatch(/^naughty: listen EADDRINUSE[^\n]*\n$/);
  });
});

describe('inherited sockets', () => {
  const held: (Server | Socket)[] = [];
  afterEach(() => {
    for (const each of held.splice(0)) 'close' in each ? each.close() : each.destroy();
  });
  const fd = (socket: Server | Socket): number =>
    (socket as unknown as { _handle: { fd: number } })._handle.fd;

  async function listener(): Promise<{ server: Server; port: number }> {
    const server = createServer({ pauseOnConnect: true });
    held.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, port: (server.address() as { port: number }).port };
  }

  test('a listening socket and an accepted connection are served, and taken out of the environment', async () => {
    const { server, port } = await listener();
    const client = connect(port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    held.push(accepted);
    client.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    const runner = await start('nothing', {
      env: { LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:connection', PORT: 'unused' },
      inherit: [fd(server), fd(accepted)],
    });
    let answer = '';
    client.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    await expect.poll(() => answer).toContain('"healthy":true');
    server.close();
    expect(runner.url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(`${runner.url}/health`)).status).toBe(200);
  });

  test('those meant for another process are left alone', async () => {
    const runner = await start('nothing', { env: { LISTEN_FDS: '1', LISTEN_PID: '1' } });
    expect((await fetch(`${runner.url}/health`)).status).toBe(200);
  });
});

test('a module runs from its source as its bundle would', async () => {
  const source = join(folder, 'module.mjs');
  writeFileSync(join(folder, 'package.json'), '{"name":"@x/naughty","version":"4.5.6"}');
  writeFileSync(
    source,
    MODULE.replace('work(defineModule(', 'export default (defineModule(').replace(
      ", { version: '1.2.3' });",
      ');',
    ),
  );
  const runner = await start('nothing', { main: [fileURLToPath(import.meta.resolve('./run.ts')), source] });
  expect((await post(runner, 'install')).status).toBe(201);
  expect(runner.output()).toContain('"module":"naughty","version":"4.5.6","verb":"install"');
  expect((await post(runner, 'uninstall')).status).toBe(204);
});

describe('what it says of itself', () => {
  test('health is the last word of the module, once it is loaded', async () => {
    const runner = await start('nothing');
    const health = async () =>
      ((await (await fetch(`${runner.url}/health`)).json()) as { message: string }).message;
    expect(await health()).toBe('Service is running');
    await post(runner, 'install');
    expect(await health()).toBe('does nothing');
  });

  test('METRICS_PORT has counts and times of the calls, and nothing else', async () => {
    const { server, port } = await new Promise<{ server: Server; port: number }>((done) => {
      const server = createServer().listen(0, () =>
        done({ server, port: (server.address() as { port: number }).port }),
      );
    });
    server.close();
    const runner = await start('nothing', { env: { METRICS_PORT: String(port) } });
    await post(runner, 'install');
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toContain('forkspacer_module_info{module="naughty",version="1.2.3"} 1');
    expect(text).toContain('forkspacer_module_calls_total{verb="install",status="201"} 1');
    expect(text).toMatch(/forkspacer_module_call_duration_seconds_count\{verb="install"\} 1/);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(404);
    expect((await fetch(`${runner.url}/metrics`)).status).toBe(404);
  });
});
