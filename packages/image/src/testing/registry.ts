import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MemoryRegistry } from './memory-registry.ts';

/** What befalls a request: an answer in its place, or a connection that breaks before or after its effect. */
export type Fault = { status: number; headers?: Record<string, string> } | 'break' | 'break-after';

export interface TestRegistry {
  /** host and port, spoken to in http */
  host: string;
  /** each request as `METHOD path`, with the size of its body */
  requests: { line: string; bytes: number }[];
  /** asked for each request; what it returns happens */
  fault: (line: string) => Fault | undefined;
  /** set where the registry is our own */
  memory?: MemoryRegistry;
  stop(): Promise<void>;
}

export type Backend = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** Puts recording and faults before a registry. */
async function front(
  backend: Backend,
  rest: Pick<TestRegistry, 'memory'>,
  stop: () => Promise<void>,
): Promise<TestRegistry> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const line = `${request.method} ${request.url!.replace(/\?.*$/, '')}`;
    registry.requests.push({ line, bytes: body.length });
    const fault = registry.fault(line);
    if (fault === 'break') request.socket.destroy();
    else if (fault === 'break-after') {
      response.end = (() => response.socket?.destroy() ?? response) as typeof response.end;
      response.write = (() => true) as typeof response.write;
      response.writeHead = (() => response) as typeof response.writeHead;
      backend(request, response, body);
    } else if (fault) {
      response.writeHead(fault.status, fault.headers).end();
    } else backend(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: TestRegistry = {
    ...rest,
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    fault: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stop();
    },
  };
  return registry;
}

export function startMemoryRegistry(): Promise<TestRegistry> {
  const memory = new MemoryRegistry();
  return front(
    (...call) => void memory.answer(...call),
    { memory },
    async () => {},
  );
}

/** Where a real registry is to be had: at REGISTRY_TEST (host:port, http), or by Debian's docker-registry on PATH. */
export function realRegistry(): (() => Promise<TestRegistry>) | undefined {
  const host = process.env.REGISTRY_TEST;
  if (host) return () => front(forwardTo(host), {}, async () => {});
  const program = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'docker-registry'))
    .find((file) => existsSync(file));
  return program ? () => startDockerRegistry(program) : undefined;
}

async function startDockerRegistry(program: string): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'forkspacer-registry-'));
  const port = await freePort();
  const config = join(folder, 'config.yml');
  await writeFile(
    config,
    [
      'version: 0.1',
      'log: { level: error, accesslog: { disabled: true } }',
      `storage: { filesystem: { rootdirectory: ${JSON.stringify(join(folder, 'data'))} } }`,
      `http: { addr: "127.0.0.1:${port}" }`,
      '',
    ].join('\n'),
  );
  const child = spawn(program, ['serve', config], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`${program} did not start`);
    await pause(50);
  }
  return front(forwardTo(`127.0.0.1:${port}`), {}, async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
}

function forwardTo(host: string): Backend {
  return ({ method, url, headers }, response, body) => {
    // The Host header stays ours, so that the locations which the registry gives lead through here again.
    const forwarded = httpRequest(`http://${host}${url}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.on('data', (chunk) => response.write(chunk)).on('end', () => response.end());
    });
    forwarded.on('error', () => response.destroy());
    forwarded.end(body);
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
