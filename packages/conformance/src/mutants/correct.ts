import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { oneLine, SUCCESS, type Verb } from '@forkspacer/contract';
import { Cluster, type ClusterError } from './client.ts';
import type { Host } from './host.ts';

export type Metadata = Record<string, unknown>;

/** What is answered 400. */
export class Refusal extends Error {}

export interface Config {
  namespace: string;
  name: string;
  replicas: number;
  password?: string;
  mode?: string;
}

/**
 * A module that keeps every rule, in parts that a mutant can replace one of. It makes a ConfigMap that stands for a
 * workload, with its replicas, and one that says whose it is.
 */
export class Correct {
  readonly host: Host;
  protected readonly started = performance.now();
  protected server: Server | undefined;
  /** The end of the verb that runs. */
  protected running: Promise<unknown> = Promise.resolve();

  constructor(host: Host) {
    this.host = host;
  }

  // ---- the process

  async main(): Promise<void> {
    const port = this.port();
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on('clientError', (_error, socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    this.host.onSignal(() => void this.shutDown());
    await this.host.listen(this.server, port);
    this.log('listening');
  }

  port(): number {
    const text = this.host.env.PORT || '8080';
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65535) throw new Error(`expected a port in PORT, found ${text}`);
    return port;
  }

  async shutDown(): Promise<void> {
    await new Promise((closed) => this.server?.close(closed));
    await this.running.catch(() => {});
    this.log('stopped');
    this.host.exit(0);
  }

  log(message: string): void {
    this.host.write(`${JSON.stringify({ message })}\n`);
  }

  // ---- HTTP

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.route(request, response);
    } catch (error) {
      this.failed(response, error as Error);
    }
  }

  async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://runner').pathname;
    if (path === '/health') return this.health(response);
    const verb = path.slice(1) as Verb;
    if (!Object.hasOwn(SUCCESS, verb)) return this.text(response, 404, 'expected an endpoint');
    if (request.method !== 'POST') return this.text(response, 405, 'expected POST');
    const metadata = this.parse(await this.body(request), verb);
    const turn = this.turn(verb, metadata);
    this.running = turn.catch(() => {});
    this.done(response, verb, await turn);
  }

  async body(request: IncomingMessage): Promise<string> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of request) {
      size += (part as Buffer).length;
      if (size > this.bodyLimit())
        throw new Refusal(`expected a body of at most ${this.bodyLimit()} bytes, found more`);
      parts.push(part as Buffer);
    }
    return Buffer.concat(parts).toString('utf8');
  }

  bodyLimit(): number {
    return 256 * 1024;
  }

  parse(body: string, _verb: Verb): Metadata {
    if (body === '') return {};
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      throw new Refusal('expected a JSON object of metadata, found a body that does not parse');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Refusal('expected a JSON object of metadata, found something else');
    }
    return value as Metadata;
  }

  done(response: ServerResponse, verb: Verb, metadata: Metadata): void {
    if (verb === 'uninstall') response.writeHead(this.code(verb), this.headers()).end();
    else this.json(response, this.code(verb), this.encode(metadata));
  }

  code(verb: Verb): number {
    return SUCCESS[verb];
  }

  encode(metadata: Metadata): string {
    return JSON.stringify(metadata);
  }

  json(response: ServerResponse, status: number, body: string): void {
    response.writeHead(status, { 'content-type': 'application/json', ...this.headers() }).end(body);
  }

  text(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...this.headers() }).end(text);
  }

  headers(): Record<string, string> {
    return { connection: 'close' };
  }

  failed(response: ServerResponse, error: Error): void {
    this.text(response, 400, this.errorText(error));
  }

  errorText(error: Error): string {
    return oneLine(error.message);
  }

  async health(response: ServerResponse): Promise<void> {
    this.json(response, 200, JSON.stringify(this.healthBody()));
  }

  healthBody(): Record<string, unknown> {
    return {
      timestamp: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
      uptime: (performance.now() - this.started) / 1000,
      message: 'Service is running',
      healthy: true,
    };
  }

  // ---- verbs

  /** One at a time. */
  turn(verb: Verb, metadata: Metadata): Promise<Metadata> {
    return this.running.then(() => this.verb(verb, metadata));
  }

  async verb(verb: Verb, metadata: Metadata): Promise<Metadata> {
    this.belongs(metadata);
    const config = this.config();
    const cluster = this.cluster();
    const added = await this[verb](config, cluster, metadata).finally(() => cluster.close());
    this.log(`${verb} done`);
    return { ...this.kept(metadata), ...added, module: 'correct', instance: this.instance };
  }

  kept(metadata: Metadata): Metadata {
    return metadata;
  }

  get instance(): string {
    return this.host.env.FORKSPACER_INSTANCE ?? 'hostname';
  }

  belongs({ module = 'correct', instance = this.instance }: Metadata): void {
    if (module !== 'correct' || instance !== this.instance) {
      throw new Refusal(`expected metadata of correct ${this.instance}, found that of ${module} ${instance}`);
    }
  }

  async install(config: Config, cluster: Cluster, _metadata: Metadata): Promise<Metadata> {
    await this.anchor(config, cluster);
    await cluster.create(this.workload(config, String(config.replicas)));
    await cluster.patch(owner(config), { data: { state: 'installed' } });
    return { workload: config.name };
  }

  /** Makes the note that says whose it is, or sees that it is ours. */
  async anchor(config: Config, cluster: Cluster): Promise<void> {
    const data = { instance: this.instance, state: 'installing' };
    await cluster.create({ ...configMap(owner(config)), data });
    const found = await cluster.find(owner(config));
    if (found?.data.instance !== this.instance) {
      throw new Refusal(`${config.name} belongs to ${found?.data.instance}; choose another name`);
    }
  }

  workload(config: Config, replicas: string) {
    return { ...configMap(workload(config)), data: { replicas } };
  }

  async mine(config: Config, cluster: Cluster): Promise<boolean> {
    return (await cluster.find(owner(config)))?.data.instance === this.instance;
  }

  async mustBeMine(config: Config, cluster: Cluster): Promise<void> {
    if (!(await this.mine(config, cluster))) throw new Refusal('nothing of this instance is installed');
  }

  async sleep(config: Config, cluster: Cluster, metadata: Metadata): Promise<Metadata> {
    await this.mustBeMine(config, cluster);
    const found = await cluster.find(workload(config));
    if (found && found.data.replicas !== '0') await this.park(config, cluster, found.data.replicas, metadata);
    await cluster.patch(owner(config), { data: { asleep: 'true' } });
    return {};
  }

  /** What it was and what it is, in one write. */
  async park(config: Config, cluster: Cluster, replicas: string, _metadata: Metadata): Promise<void> {
    await cluster.patch(workload(config), {
      metadata: { annotations: { baseline: replicas } },
      data: { replicas: '0' },
    });
  }

  async resume(config: Config, cluster: Cluster, _metadata: Metadata): Promise<Metadata> {
    await this.mustBeMine(config, cluster);
    const found = await cluster.find(workload(config));
    const baseline = found?.metadata.annotations?.baseline;
    if (baseline !== undefined) {
      await cluster.patch(workload(config), {
        metadata: { annotations: { baseline: null } },
        data: { replicas: baseline },
      });
    }
    await cluster.patch(owner(config), { data: { asleep: null } });
    return {};
  }

  async uninstall(config: Config, cluster: Cluster, _metadata: Metadata): Promise<Metadata> {
    if (!(await this.mine(config, cluster))) return {};
    await cluster.remove(workload(config));
    await cluster.remove(owner(config));
    return {};
  }

  // ---- what is mounted

  cluster(): Cluster {
    const file = join(this.host.env.FORKSPACER_DIR ?? '', 'workspace_kubeconfig');
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      throw new Refusal(
        'expected workspace_kubeconfig to be mounted, found none; ask for permission workspace',
      );
    }
    return new Cluster(text, this.retries(), this.host.gone);
  }

  retries(): (error: ClusterError) => boolean {
    return ({ status }) => status === 0 || status === 409 || status === 429 || status >= 500;
  }

  config(): Config {
    return this.checked(this.rawConfig());
  }

  rawConfig(): Record<string, unknown> {
    try {
      return JSON.parse(readFileSync(join(this.host.env.FORKSPACER_DIR ?? '', 'config.json'), 'utf8'));
    } catch {
      throw new Refusal('expected config.json to hold a JSON object, found none');
    }
  }

  /** Zero, "" and null stand for what was not given. */
  checked(raw: Record<string, unknown>): Config {
    const given = <T>(alias: string, fallback: T): unknown => raw[alias] || fallback;
    const name = given('name', undefined);
    if (typeof name !== 'string' || !/^[a-z][-a-z0-9]*$/.test(name))
      throw new Refusal('name: expected a name');
    const replicas = Math.trunc(given('replicas', 3) as number);
    if (!(replicas >= 1 && replicas <= 9)) throw new Refusal('replicas: expected a number from 1 to 9');
    const mode = given('mode', undefined);
    if (mode !== undefined && mode !== 'small' && mode !== 'large')
      throw new Refusal('mode: expected small or large');
    const namespace = given('namespace', 'default');
    if (typeof namespace !== 'string') throw new Refusal('namespace: expected a string');
    return { name, replicas, namespace, ...(mode ? { mode } : {}) };
  }
}

export const owner = ({ namespace, name }: Config) => path(namespace, `${name}-owner`);
export const workload = ({ namespace, name }: Config) => path(namespace, name);

const path = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`;

export function configMap(path: string) {
  const [, , , , namespace = '', , name = ''] = path.split('/');
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } };
}

/** It keeps every rule, and does nothing on any cluster. */
export class Plain extends Correct {
  override async install(_config: Config, _cluster: Cluster, _metadata: Metadata): Promise<Metadata> {
    return {};
  }
  override async sleep(_config: Config, _cluster: Cluster, _metadata: Metadata): Promise<Metadata> {
    return {};
  }
  override async resume(_config: Config, _cluster: Cluster, _metadata: Metadata): Promise<Metadata> {
    return {};
  }
  override async uninstall(_config: Config, _cluster: Cluster, _metadata: Metadata): Promise<Metadata> {
    return {};
  }
}

/** The Custom of both. */
export const CUSTOM = `
kind: Custom
metadata: { name: correct, version: 1.0.0, supportedOperatorVersion: ">= 0.1.8" }
config:
  - { type: string, name: name, alias: name, spec: { required: true, regex: "^[a-z][-a-z0-9]*$", editable: true } }
  - { type: string, name: namespace, alias: namespace, spec: { default: default } }
  - { type: integer, name: replicas, alias: replicas, spec: { default: 3, min: 1, max: 9, editable: true } }
  - { type: option, name: mode, alias: mode, spec: { values: [small, large], editable: true } }
spec: { image: example.com/correct:1.0.0 }
`;
