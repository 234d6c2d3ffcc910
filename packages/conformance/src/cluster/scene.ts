import { type FaultProxy, faultProxy } from '@forkspacer/embedded-cluster/fault-proxy';
import { type Gate, startGate } from './gate.ts';
import {
  type ClusterClient,
  type ClusterObject,
  clusterClient,
  collectionOf,
  discover,
  type Kind,
  pathIn,
} from './objects.ts';
import type { Snapshot } from './snapshot.ts';

export interface SceneOptions {
  /** Of the cluster itself. */
  kubeconfig: string;
  /** What must be there before the module comes. */
  objects?: readonly ClusterObject[];
  /** Kinds that may stay after uninstall, such as PersistentVolumeClaim. */
  keeps?: readonly string[];
  /** The module runs elsewhere and reaches the cluster by itself: every kind is looked at. */
  elsewhere?: boolean;
}

/**
 * The cluster that a module works on, seen from outside: `module -> gate -> proxy -> cluster`. What the module touches
 * is known from its calls, so that only that is looked at; what was there before is put back after each check.
 */
export class Scene {
  readonly proxy: FaultProxy;
  readonly gate: Gate;
  readonly client: ClusterClient;
  readonly #door: FaultProxy;
  readonly #kinds: Kind[];
  readonly #keeps: readonly string[];
  readonly #elsewhere: boolean;
  #before: Snapshot = new Map();
  #touched = new Set<string>();

  private constructor(
    door: FaultProxy,
    proxy: FaultProxy,
    gate: Gate,
    client: ClusterClient,
    kinds: Kind[],
    options: SceneOptions,
  ) {
    this.#door = door;
    this.proxy = proxy;
    this.gate = gate;
    this.client = client;
    this.#kinds = kinds;
    this.#keeps = options.keeps ?? [];
    this.#elsewhere = options.elsewhere ?? false;
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const [door, proxy] = await Promise.all([faultProxy(options.kubeconfig), faultProxy(options.kubeconfig)]);
    const client = clusterClient(door.url);
    const gate = await startGate(proxy.url);
    try {
      const scene = new Scene(door, proxy, gate, client, await discover(client), options);
      for (const object of options.objects ?? []) await scene.#create(object);
      scene.#before = await scene.#everything();
      return scene;
    } catch (error) {
      client.close();
      await Promise.all([gate.stop(), proxy.stop(), door.stop()]);
      throw error;
    }
  }

  /** Forgets faults and recorded calls; remembers what was touched. */
  settle(): void {
    this.#note();
    this.proxy.reset();
    this.#door.reset();
    this.gate.open();
  }

  /** Whether the module has asked the cluster anything, or changed anything, since the last `settle`. */
  get asked(): boolean {
    return this.proxy.calls.length > 0;
  }

  get wrote(): boolean {
    return this.writes.length > 0;
  }

  /** The module's calls that may have changed an object; telling an Event changes none. */
  get writes() {
    return this.proxy.writes.filter(({ path }) => collectionOf(path) !== undefined);
  }

  /** What there is of the kinds that the module has touched, without what controllers made. */
  async snapshot(): Promise<Snapshot> {
    if (this.#elsewhere) return this.#everything();
    this.#note();
    const snapshot: Snapshot = new Map();
    for (const collection of this.#touched) {
      for (const object of await this.client.list(collection)) {
        if (!isMade(object)) snapshot.set(pathIn(collection, object.metadata.name), object);
      }
    }
    return snapshot;
  }

  /** What the module has made and that is there now, but for the kinds that it keeps. */
  async left(): Promise<string[]> {
    const now = await this.snapshot();
    return [...now.keys()].filter(
      (path) => !this.#before.has(path) && !this.#keeps.includes(this.#kindOf(path)),
    );
  }

  /** The same, waiting a little for deletions to end. */
  async leftInTheEnd(): Promise<string[]> {
    for (let attempt = 0; ; attempt++) {
      const left = await this.left();
      if (left.length === 0 || attempt === 3) return left;
      await new Promise((done) => setTimeout(done, 20 * 4 ** attempt));
    }
  }

  /** What was there before the module came. */
  get before(): Snapshot {
    return this.#before;
  }

  /** A namespace that the module works in; `default` when it has touched none. */
  get namespace(): string {
    for (const collection of this.#touched) {
      const [, namespace] = /\/namespaces\/([^/]+)\//.exec(collection) ?? [];
      if (namespace) return namespace;
    }
    return 'default';
  }

  /** Takes away what the module made and puts back what it changed. */
  async reset(): Promise<void> {
    this.settle();
    const now = await this.snapshot();
    for (const [path, object] of now) {
      const before = this.#before.get(path);
      if (!before) await this.#remove(path, object);
      else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) {
        await this.client.call('PUT', path, bare(before));
      }
    }
    for (const [path, object] of this.#before) {
      if (now.has(path) || !this.#touched.has(path.slice(0, path.lastIndexOf('/')))) continue;
      await this.client.call('POST', path.slice(0, path.lastIndexOf('/')), bare(object));
    }
    // Versions and uids have moved on.
    for (const [path, object] of await this.snapshot()) {
      if (this.#before.has(path)) this.#before.set(path, object);
    }
    this.settle();
  }

  async stop(): Promise<void> {
    this.client.close();
    await Promise.all([this.gate.stop(), this.proxy.stop(), this.#door.stop()]);
  }

  #note(): void {
    for (const { path } of this.proxy.writes) {
      const collection = collectionOf(path);
      if (collection) this.#touched.add(collection);
    }
  }

  async #everything(): Promise<Snapshot> {
    const snapshot: Snapshot = new Map();
    await Promise.all(
      this.#kinds.map(async ({ root, plural }) => {
        for (const object of await this.client.list(`${root}/${plural}`)) {
          if (isMade(object)) continue;
          const { name, namespace } = object.metadata;
          snapshot.set(`${root}${namespace ? `/namespaces/${namespace}` : ''}/${plural}/${name}`, object);
        }
      }),
    );
    return snapshot;
  }

  #kindOf(path: string): string {
    const plural = path.split('/').at(-2);
    const found = this.#kinds.find((each) => each.plural === plural && path.startsWith(`${each.root}/`));
    return found?.kind ?? '';
  }

  async #create(object: ClusterObject): Promise<void> {
    const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
    const kind = this.#kinds.find((each) => each.root === root && each.kind === object.kind);
    const title = `${object.kind} ${object.metadata.name}`;
    if (!kind)
      throw new Error(`expected a kind that the cluster knows, found ${object.apiVersion} ${object.kind}`);
    const where = kind.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
    const { status, body } = await this.client.call('POST', `${root}${where}/${kind.plural}`, object);
    if (status >= 300 && body.reason !== 'AlreadyExists') {
      throw new Error(`expected ${title} to be created beforehand, found ${status}: ${body.message}`);
    }
  }

  async #remove(path: string, { metadata }: ClusterObject): Promise<void> {
    if (metadata.finalizers?.length) {
      const body = { metadata: { finalizers: null } };
      await this.client.call('PATCH', path, body, 'application/merge-patch+json');
    }
    await this.client.call('DELETE', path, { propagationPolicy: 'Background' });
  }
}

/** Made by a controller from another object: it goes when that one goes. */
function isMade({ metadata }: ClusterObject): boolean {
  return metadata.ownerReferences?.some(({ controller }) => controller) ?? false;
}

function bare({ status: _, metadata, ...rest }: ClusterObject): unknown {
  const { uid, resourceVersion, generation, creationTimestamp, managedFields, ...kept } = metadata;
  return { ...rest, metadata: kept };
}
