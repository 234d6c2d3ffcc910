import { randomBytes } from 'node:crypto';
import type { Custom, Verb } from '@forkspacer/contract';
import { startCluster } from '@forkspacer/embedded-cluster';
import { Blocked, Failed, type Need, shown } from './check.ts';
import type { ClusterObject } from './cluster/objects.ts';
import { Scene } from './cluster/scene.ts';
import { Life } from './life.ts';
import { folder } from './target/folder.ts';
import { freePort } from './target/free-port.ts';
import type { Runner, Target } from './target/target.ts';
import type { Timing } from './timing.ts';
import { type Answer, send } from './wire/send.ts';

/** What a module is given while it is checked. */
export interface Setting {
  target: Target;
  timing: Timing;
  /** The content of config.json; default `{}`. */
  config: Record<string, unknown>;
  custom?: Custom;
  /** Text of the kubeconfig of a cluster; without one an embedded cluster is made for a module that is started here. */
  kubeconfig?: string;
  /** What must be in the cluster before the module comes. */
  objects?: readonly ClusterObject[];
  /** Kinds that the module keeps after uninstall. */
  keeps?: readonly string[];
}

export interface Start {
  /** Instead of the setting's; undefined: no config.json. */
  config?: unknown;
  /** No workspace_kubeconfig is mounted. */
  withoutKubeconfig?: boolean;
  /** FORKSPACER_INSTANCE; default: the same for all. */
  instance?: string;
  /** PORT as it is; default: a free one. null: not set. */
  port?: string | null;
  /** Where it is expected then. */
  expectedPort?: number;
}

/** Where checks run: it starts the module, leads its life, and shows them the cluster. */
export class Bench {
  readonly setting: Setting;
  readonly timing: Timing;
  /** Every start that was waited for, in milliseconds until it listened. */
  readonly starts: number[] = [];
  /** A name that no other run has. */
  readonly id = randomBytes(4).toString('hex');
  readonly #cleanUp: (() => Promise<void> | void)[] = [];
  readonly #silent = new Set<Verb>();
  #own: Runner[] = [];
  #scene: Promise<Scene> | undefined;
  #shared: Life | undefined;
  #startFailure: Blocked | undefined;

  constructor(setting: Setting, scene?: Scene) {
    this.setting = setting;
    this.timing = setting.timing;
    if (scene) this.#scene = Promise.resolve(scene);
  }

  has(need: Need): boolean {
    const { target, kubeconfig, custom } = this.setting;
    if (need === 'custom') return custom !== undefined;
    if (need === 'cluster') return target.launch !== undefined || kubeconfig !== undefined;
    return target.launch !== undefined;
  }

  /** The cluster; it is made when first asked for. */
  scene(): Promise<Scene> {
    this.#scene ??= this.#openScene();
    return this.#scene;
  }

  async #openScene(): Promise<Scene> {
    const { kubeconfig: given, objects, keeps, target } = this.setting;
    let kubeconfig = given;
    if (kubeconfig === undefined) {
      const cluster = await startCluster({ kubelet: true });
      this.#cleanUp.push(() => cluster.stop());
      kubeconfig = cluster.kubeconfig;
    }
    const scene = await Scene.open({
      kubeconfig,
      ...(objects && { objects }),
      ...(keeps && { keeps }),
      elsewhere: target.launch === undefined,
    });
    this.#cleanUp.unshift(() => scene.stop());
    return scene;
  }

  /** Starts a process and does not wait for it. It is ended after the check. */
  async launch(start: Start = {}): Promise<Runner> {
    const { target, config } = this.setting;
    if (!target.launch) throw new Error('expected a module that is started here');
    const kubeconfig = start.withoutKubeconfig ? undefined : (await this.scene()).gate.kubeconfig;
    const { dir, remove } = folder('config' in start ? start.config : config, kubeconfig);
    const port = start.expectedPort ?? (await freePort());
    const runner = target.launch({
      port,
      env: {
        FORKSPACER_DIR: dir,
        FORKSPACER_INSTANCE: start.instance ?? `conformance-${this.id}`,
        ...(start.port !== null && { PORT: start.port ?? String(port) }),
      },
    });
    runner.exited.then(remove);
    this.#own.push(runner);
    return runner;
  }

  /** Whether it has ever come to listen where it should. */
  hasStarted = false;

  /** Starts a process and waits until it accepts connections. @throws Blocked when it does not */
  async start(start: Start = {}): Promise<Runner> {
    const plain = Object.keys(start).length === 0;
    // It would not start this time, either.
    if (this.#startFailure && !this.hasStarted) throw this.#startFailure;
    const runner = await this.launch(start);
    if (await this.listens(runner)) {
      this.hasStarted = true;
      return runner;
    }
    const ended = runner.ended();
    const how = ended ? `it ended with ${ended.signal ?? ended.code}` : 'it does not listen on PORT';
    const failure = new Blocked(`the module did not start: ${how}; ${shown(runner.output().slice(-300))}`);
    if (plain) this.#startFailure = failure;
    throw failure;
  }

  /** Whether a process comes to answer on its port, as soon as it does. */
  async listens(runner: Runner, limit: number = this.timing.listen): Promise<boolean> {
    const started = performance.now();
    while (performance.now() - started < limit) {
      const left = limit - (performance.now() - started);
      const answer = await send(runner.url, '/health', { method: 'GET', timeout: Math.max(left, 100) }).catch(
        () => undefined,
      );
      if (answer) {
        runner.listensAfter = performance.now() - started;
        this.starts.push(runner.listensAfter);
        return true;
      }
      if (runner.ended()) return false;
      await new Promise((done) => setTimeout(done, 15));
    }
    return false;
  }

  /** A life on a process of its own. */
  async life(start: Start = {}): Promise<Life> {
    return new Life(await this.start(start), this.timing, this.#silent);
  }

  /** The life that checks share; whatever they do, they leave it to the next as they find it convenient. */
  async shared(): Promise<Life> {
    const { target } = this.setting;
    if (this.#shared && !this.#shared.runner.ended()) return this.#shared;
    const runner = target.url ? elsewhere(target.url) : await this.start();
    this.#own = this.#own.filter((each) => each !== runner);
    this.#shared = this.#shared?.movedTo(runner) ?? new Life(runner, this.timing, this.#silent);
    return this.#shared;
  }

  /** Lets go of the shared process after it was left without an answer: the next check gets a new one. */
  async dropShared(): Promise<void> {
    if (this.setting.target.launch) await this.#shared?.runner.kill();
  }

  async health(runner?: Runner): Promise<Answer> {
    const { url } = runner ?? (await this.shared()).runner;
    return send(url, '/health', { method: 'GET', timeout: this.timing.health });
  }

  /** Ends the processes that a check started. */
  async endOwn(): Promise<void> {
    const own = this.#own.splice(0);
    await Promise.all(own.map((runner) => runner.kill()));
  }

  /** Ends the shared life, so that what follows finds a cluster without it. */
  async endShared(): Promise<void> {
    const life = this.#shared;
    this.#shared = undefined;
    if (!life) return;
    await life.beAway().catch(() => {});
    if (this.setting.target.launch) await life.runner.kill();
  }

  async stop(): Promise<void> {
    await this.endOwn();
    await this.endShared();
    for (const each of this.#cleanUp) await each();
  }
}

function elsewhere(url: string): Runner {
  const { port } = new URL(url);
  return {
    url,
    at: (host, other = Number(port || 80)) => `http://${host}:${other}`,
    output: () => '',
    ended: () => undefined,
    exited: new Promise(() => {}),
    signal() {},
    kill: async () => {},
  };
}

/** @throws Failed */
export function expect(condition: boolean, expected: string, found: string): asserts condition {
  if (!condition) throw new Failed(expected, found);
}
