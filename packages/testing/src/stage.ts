import { randomBytes } from 'node:crypto';
import { LABELS, SUCCESS, type Verb } from '@forkspacer/contract';
import { type FaultProxy, faultProxy, type RecordedCall } from '@forkspacer/embedded-cluster/testing';
import { connect, create, type Kube, type KubeObject, list, type ObjectRef } from '@forkspacer/kube';
import type { Times } from '@forkspacer/sdk';
import { expect } from 'vitest';
import { type Kind, knownKinds } from './cluster/kinds.ts';
import { differences, type Snapshot, takeSnapshot } from './cluster/snapshot.ts';
import { type OperatorAnswer, type OperatorClient, operatorClient } from './operator/client.ts';
import type { RawConfig, Subject } from './options.ts';
import { type ProcessRunner, startProcessRunner } from './runner/process.ts';
import { type Runner, startRunner } from './runner/runner.ts';

/** The waiting times of the runtime, shortened so that a test meets the end of each. */
export const SHORT: Partial<Times> = {
  pause: 10,
  grace: 300,
  wait: 2_000,
  deadline: 20_000,
  shutdown: 1_000,
};

/** A runner on a stage: its operator, and its own way to the cluster. */
export interface Actor extends Runner {
  operator: OperatorClient;
  proxy: FaultProxy;
}

export interface ActorOptions {
  /** FORKSPACER_INSTANCE; default the stage's, none when null. */
  instance?: string | null;
  hostname?: string;
  /** Instead of the stage's; none when null. */
  config?: RawConfig | string | null;
  /** No workspace_kubeconfig is mounted. */
  withoutKubeconfig?: boolean;
  /** Instead of one that leads through the actor's own proxy. */
  kubeconfig?: string;
  times?: Partial<Times>;
  /** What the operator has from earlier calls. */
  metadata?: Record<string, unknown>;
}

const connections = new Map<string, Kube>();

/** One connection for all stages on a cluster. */
function connection(kubeconfig: string): Kube {
  const known = connections.get(kubeconfig);
  const kube = known ?? connect({ kubeconfig: { text: kubeconfig }, fieldManager: 'test' });
  connections.set(kubeconfig, kube);
  return kube;
}

/** A fresh namespace with what the module needs in it, and the runners that work there. */
export class Stage {
  readonly subject: Subject;
  readonly kube: Kube;
  readonly namespace: string;
  readonly config: RawConfig;
  /** Of the runners here, where nothing else is said: another stage's objects are another's. */
  readonly instance: string;
  /** What was there before any runner came. */
  before: Snapshot = new Map();
  readonly #actors: Actor[] = [];
  readonly #instances = new Set<string>();
  /** Paths of the objects that were written here, by anyone. */
  readonly #written = new Set<string>();
  #kinds: Kind[] = [];

  private constructor(subject: Subject, kube: Kube, namespace: string) {
    this.subject = subject;
    this.kube = kube;
    this.namespace = namespace;
    this.config = configIn(subject, namespace);
    this.instance = namespace.replace('test', 'instance');
  }

  static async open(subject: Subject): Promise<Stage> {
    const namespace = `test-${randomBytes(5).toString('hex')}`;
    const prepared: string[] = [];
    const kube = connection(subject.kubeconfig).with({
      onCall: ({ method, path }) => method !== 'GET' && prepared.push(path.replace(/\?.*/, '')),
    });
    const stage = new Stage(subject, kube, namespace);
    await create(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await subject.options.prepare?.(kube, namespace);
    for (const path of prepared) stage.#written.add(path);
    stage.#kinds = await knownKinds(kube, subject.kubeconfig);
    stage.before = await stage.snapshot();
    return stage;
  }

  /** Starts a runner with a way to the cluster of its own. */
  async start(options: ActorOptions = {}): Promise<Actor> {
    const {
      instance = this.instance,
      hostname = `host-${this.namespace}`,
      config = this.config,
      withoutKubeconfig,
      times,
    } = options;
    const proxy = await faultProxy(this.subject.kubeconfig);
    const runner = await startRunner(this.subject.module, {
      hostname,
      times: { ...SHORT, ...times },
      ...(config !== null && { config }),
      ...(withoutKubeconfig ? {} : { kubeconfig: options.kubeconfig ?? proxy.kubeconfig }),
      ...(instance !== null && { instance }),
    });
    this.#instances.add(instance ?? hostname);
    return this.#act(runner, proxy, options.metadata);
  }

  /** Starts the module's source as a process, with the times of production. */
  async startProcess({ metadata }: Pick<ActorOptions, 'metadata'> = {}): Promise<Actor & ProcessRunner> {
    const proxy = await faultProxy(this.subject.kubeconfig);
    const { config, instance } = this;
    const runner = await startProcessRunner(this.subject.file, {
      config,
      instance,
      kubeconfig: proxy.kubeconfig,
    });
    this.#instances.add(instance);
    return this.#act(runner, proxy, metadata);
  }

  #act<R extends Runner>(
    runner: R,
    proxy: FaultProxy,
    metadata: Record<string, unknown> | undefined,
  ): R & Actor {
    const operator = operatorClient(runner.url, metadata);
    const { reset } = proxy;
    proxy.reset = () => {
      this.#note(proxy);
      reset();
    };
    let ended = false;
    const ending = (end: () => Promise<void>) => async () => {
      if (ended) return;
      ended = true;
      await end();
      operator.close();
      await proxy.stop();
    };
    const actor = {
      ...runner,
      operator,
      proxy,
      stop: ending(runner.stop),
      kill: ending(() => {
        void proxy.dieAfterWrites(0);
        return runner.kill();
      }),
    };
    this.#actors.push(actor);
    return actor;
  }

  /** The process ends, and another one takes its place with what the operator has kept. */
  async replace(actor: Actor, options: ActorOptions = {}): Promise<Actor> {
    await actor.kill();
    return this.start({ metadata: actor.operator.metadata, ...options });
  }

  #note(proxy: FaultProxy): void {
    for (const { method, path, body } of changesOf(proxy)) {
      const name = (body as { metadata?: { name?: string } } | undefined)?.metadata?.name;
      this.#written.add(method === 'POST' && name ? `${path}/${name}` : path);
    }
  }

  /**
   * What is in the namespace, and what is of these instances, or was written here, elsewhere. Of the kinds that were
   * written here (and of the claims that a StatefulSet makes); or of all kinds.
   */
  async snapshot(which: 'written' | 'all' = 'written'): Promise<Snapshot> {
    for (const { proxy } of this.#actors) this.#note(proxy);
    const collections = new Set([...this.#written].flatMap(collectionsOf));
    const isWritten = ({ kind, path }: Kind) => kind === 'PersistentVolumeClaim' || collections.has(path);
    const read = () =>
      takeSnapshot(this.kube, which === 'all' ? this.#kinds : this.#kinds.filter(isWritten), {
        namespaces: [this.namespace],
        instances: [...this.#instances],
        named: (object) => this.#written.has(this.#pathOf(object)),
      });
    if ([...collections].some((path) => path.endsWith('/customresourcedefinitions'))) {
      this.#kinds = await knownKinds(this.kube, this.subject.kubeconfig, true);
    }
    return read();
  }

  #pathOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): string {
    const { path = '' } =
      this.#kinds.find((each) => each.apiVersion === apiVersion && each.kind === kind) ?? {};
    const at = path.lastIndexOf('/');
    return `${namespace ? `${path.slice(0, at)}/namespaces/${namespace}${path.slice(at)}` : path}/${name}`;
  }

  /** @throws AssertionError telling what differs from `expected` */
  async expectState(expected: Snapshot, what: string): Promise<void> {
    expect(differences(expected, await this.snapshot()), what).toEqual([]);
  }

  #isRetained({ kind, metadata, data }: KubeObject): boolean {
    const { retains = [] } = this.subject.options;
    const isOurs = metadata.labels?.[LABELS.module] === this.subject.module.name;
    if (!isOurs || retains.length === 0) return false;
    return retains.includes(kind) || (kind === 'ConfigMap' && data?.state === 'retained');
  }

  /** What the module has left behind, or changed of what was there before; one line each. */
  async differences(): Promise<string[]> {
    const found = await this.snapshot('all');
    for (const [key, object] of found) {
      if (!this.before.has(key) && this.#isRetained(object)) found.delete(key);
    }
    return differences(this.before, found, { sameObjects: true });
  }

  async expectNothingLeft(what = 'what was there before, and nothing else'): Promise<void> {
    expect(await this.differences(), what).toEqual([]);
  }

  /** What was said in the namespace, and of these instances elsewhere; each Event as JSON. */
  async events(): Promise<string[]> {
    const { items } = await list(this.kube, { apiVersion: 'v1', kind: 'Event' });
    return items
      .map((event) => JSON.stringify(event))
      .filter((text) => [this.namespace, ...this.#instances].some((name) => text.includes(name)));
  }

  /** Where the instance with this metadata has its anchor. */
  anchor({ operator }: Pick<Actor, 'operator'>): ObjectRef {
    const [namespace, name] = String(operator.metadata.anchor).split('/') as [string, string];
    return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
  }

  async close(): Promise<void> {
    for (const actor of this.#actors) await actor.kill();
    for (const { proxy } of this.#actors) this.#note(proxy);
    const elsewhere = [...this.#written].filter((path) => !path.includes(`/namespaces/${this.namespace}`));
    for (const path of elsewhere) {
      await this.kube.request({ method: 'DELETE', path }).catch(() => undefined);
    }
    await this.kube.request({ method: 'DELETE', path: `/api/v1/namespaces/${this.namespace}` });
  }
}

/** Where the object of a path is listed over all namespaces; the path itself, too, as that of what is created. */
function collectionsOf(path: string): string[] {
  const everywhere = path.replace(/\/namespaces\/[^/]+(?=\/)/, '');
  return [everywhere, everywhere.slice(0, everywhere.lastIndexOf('/'))];
}

/** Runs something on a stage of its own. */
export async function onStage(subject: Subject, run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open(subject);
  try {
    await run(stage);
  } finally {
    await stage.close();
  }
}

export function configIn({ module, options: { config } }: Subject, namespace: string): RawConfig {
  return Object.hasOwn(module.config, 'namespace') ? { ...config, namespace } : { ...config };
}

/** Calls a verb that has to succeed. */
export async function succeed(actor: Actor, verb: Verb): Promise<OperatorAnswer> {
  const answer = await actor.operator.call(verb);
  const { status, text } = answer;
  expect({ verb, status, ...(status === SUCCESS[verb] ? {} : { text }) }).toEqual({
    verb,
    status: SUCCESS[verb],
  });
  return answer;
}

/** Calls a verb that has to be refused in one line, without any change. */
export async function refused(actor: Actor, verb: Verb, words: RegExp): Promise<OperatorAnswer> {
  const already = changesOf(actor.proxy).length;
  const answer = await actor.operator.call(verb);
  expect({ verb, status: answer.status, text: answer.text }).toEqual({
    verb,
    status: 400,
    text: expect.stringMatching(words),
  });
  expect(answer.text, 'one line').not.toMatch(/[\n\r]/);
  expect(Buffer.byteLength(answer.text), 'the bytes of an error').toBeLessThanOrEqual(700);
  const changes = changesOf(actor.proxy).slice(already);
  expect(
    changes.map(({ method, path }) => `${method} ${path}`),
    'changes by a refused call',
  ).toEqual([]);
  return answer;
}

/** Calls that change something: reviews ask and Events tell, neither is a change. */
export function changesOf({ writes }: FaultProxy): RecordedCall[] {
  return writes.filter((call) => isChange(call));
}

export function isChange({ method, path, query }: RecordedCall): boolean {
  if (method === 'GET' || method === 'HEAD' || query.dryRun !== undefined) return false;
  return !/reviews$|\/events(\/|$)/.test(path);
}
