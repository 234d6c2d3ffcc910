import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_VERSION } from '@forkspacer/contract';
import { startCluster } from '@forkspacer/embedded-cluster';
import { connect, create, find, type Kube, list, remove } from '@forkspacer/kube';
import { startOperator } from '@forkspacer/operator';
import { kubeconfigFile } from '../kubeconfig.ts';
import { localCommand } from '../repository.ts';
import type { Stage } from './stage.ts';
import type { ModuleCall } from './story.ts';

/** The cluster and the operator that the demo plays on. */
export interface Playground {
  kube: Kube;
  namespace: string;
  /** A kubeconfig file for looking around. */
  kubeconfig: string;
  /** Calls of the operator to the module, in their order. */
  calls: ModuleCall[];
  listen(note: (line: string) => void): () => void;
}

const KINDS = [
  { kind: 'Module', plural: 'modules' },
  { kind: 'Workspace', plural: 'workspaces' },
] as const;
const crd = (plural: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: `${plural}.batch.forkspacer.com`,
});

/**
 * Brings up what the demo needs, as two stages, and knows how to take it down: the embedded cluster goes as a whole,
 * from a real one goes what the demo brought (its namespace, and the CRDs where there were none).
 */
export class DemoSet {
  readonly #takeDown: (() => Promise<unknown> | unknown)[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  readonly #calls: ModuleCall[] = [];
  readonly #cluster: string | undefined;
  readonly #signal: AbortSignal;
  #kubeconfig: { file: string } | { text: string } | undefined;
  #kube: Kube | undefined;
  #file = '';

  constructor(cluster: string | undefined, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /** A name of its own on a cluster that others use too. */
  readonly #suffix = Date.now().toString(36);
  get #namespace(): string {
    return this.#cluster ? `forkspacer-demo-${this.#suffix}` : 'demo';
  }

  get playground(): Playground {
    return {
      kube: this.#kube!,
      namespace: this.#namespace,
      kubeconfig: this.#file,
      calls: this.#calls,
      listen: (note) => {
        this.#listeners.add(note);
        return () => this.#listeners.delete(note);
      },
    };
  }

  stages(): Stage[] {
    return [
      {
        title: this.#cluster ? `A real Kubernetes API (${this.#cluster})` : 'A Kubernetes API, embedded',
        run: () => this.#connect(),
      },
      { title: 'The operator, runners as local processes', run: () => this.#operate() },
    ];
  }

  async #connect(): Promise<string> {
    if (this.#cluster) {
      this.#file = kubeconfigFile(this.#cluster, '--cluster');
      // By its path, not as text: it may name files beside it.
      this.#kubeconfig = { file: this.#file };
    } else {
      const cluster = await startCluster({ kubelet: true });
      this.#takeDown.push(() => cluster.stop());
      this.#kubeconfig = { text: cluster.kubeconfig };
      const folder = mkdtempSync(join(tmpdir(), 'forkspacer-demo-'));
      this.#takeDown.push(() => rmSync(folder, { recursive: true, force: true }));
      this.#file = join(folder, 'kubeconfig');
      writeFileSync(this.#file, cluster.kubeconfig, { mode: 0o600 });
    }
    const kube = connect({
      kubeconfig: this.#kubeconfig!,
      fieldManager: 'forkspacer-demo',
      signal: this.#signal,
    });
    this.#takeDown.push(() => kube.close());
    this.#kube = kube;
    const { gitVersion } = await kube.request({ method: 'GET', path: '/version' });
    if (this.#cluster) await this.#refuseCompany(kube);
    // Before it is made: an interrupt may hide that it was.
    if (this.#cluster) this.#takeDown.push(() => this.#removeNamespace());
    await create(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.#namespace } });
    return `Kubernetes ${gitVersion}, namespace ${this.#namespace}`;
  }

  /** Two operators would both act on the demo's objects. */
  async #refuseCompany(kube: Kube): Promise<void> {
    const { items } = await list(kube, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'forkspacer-system',
    });
    const running = items.find(({ status }) => (status?.readyReplicas ?? 0) > 0);
    if (running) {
      throw new Error(
        `expected a cluster without a Forkspacer operator, found Deployment ${running.metadata.name} running in forkspacer-system; scale it down, or use another cluster`,
      );
    }
  }

  async #operate(): Promise<string> {
    const kube = this.#kube!;
    // The operator brings what is not there. It goes first when the set is taken down: later entries go before earlier.
    if (this.#cluster) {
      const there = await Promise.all(KINDS.map(({ plural }) => find(kube, crd(plural))));
      KINDS.filter((_, index) => !there[index]).forEach(({ kind, plural }) => {
        this.#takeDown.push(() => this.#removeDefinition(kind, plural));
      });
    }
    const operator = await startOperator({
      kubeconfig: this.#kubeconfig!,
      runners: 'process',
      resolveImage: localCommand,
      watchNamespace: this.#namespace,
      onCall: ({ verb, status, ms }) => {
        this.#calls.push({ verb, status, ms: Math.round(ms) });
        this.#tell(`POST /${verb} -> ${status} in ${Math.round(ms)} ms`);
      },
      onPhase: ({ kind, name, phase }) => this.#tell(`${kind} ${name}: ${phase}`),
    });
    this.#takeDown.push(() => operator.stop());
    this.#takeDown.push(() => this.#leave());
    return 'running';
  }

  #tell(line: string): void {
    for (const listener of this.#listeners) listener(line);
  }

  /** A handle that an interrupt has not aborted: what was brought is taken away even then. */
  #fresh(): Kube {
    return this.#kube!.with({ signal: AbortSignal.timeout(60_000) });
  }

  /** While the operator still runs: nobody else would finish what the finalizers wait for. */
  async #leave(): Promise<void> {
    const kube = this.#fresh();
    for (const { kind } of KINDS) {
      const of = { apiVersion: API_VERSION, kind, namespace: this.#namespace };
      const { items } = await list(kube, of);
      await Promise.all(
        items.map(({ metadata }) => remove(kube, { ...of, name: metadata.name }, { ifOurs: false })),
      );
    }
  }

  #removeNamespace(): Promise<void> {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: this.#namespace };
    return remove(this.#fresh(), namespace, { ifOurs: false });
  }

  /** Objects go with their definition: it stays when somebody else has taken it into use. */
  async #removeDefinition(kind: string, plural: string): Promise<void> {
    const kube = this.#fresh();
    if (!(await find(kube, crd(plural)))) return;
    const { items } = await list(kube, { apiVersion: API_VERSION, kind });
    if (items.length === 0) await remove(kube, crd(plural), { ifOurs: false });
  }

  /** {@link takeDown} as a stage, to be seen. */
  leaving(): Stage {
    return {
      title: 'The demo leaves the cluster',
      run: async () => {
        await this.takeDown();
        return 'nothing stays';
      },
    };
  }

  async takeDown(): Promise<void> {
    let failure: unknown;
    for (const step of this.#takeDown.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }
}
