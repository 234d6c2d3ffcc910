import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_VERSION } from '@forkspacer/contract';
import {
  connect,
  create,
  find,
  type Kube,
  type KubeObject,
  list,
  patch,
  remove,
  waitFor,
} from '@forkspacer/kube';
import { installCrds } from '../crds/install.ts';
import { type Operator, startOperator } from '../operator.ts';
import type { CallReport, OperatorOptions, PhaseReport } from '../options.ts';
import type { ModuleObject, WorkspaceObject } from '../resources.ts';
import type { RecordedCall, Script } from './fake-runner.ts';

const FAKE = join(import.meta.dirname, 'fake-runner.ts');
const PATIENT_ENOUGH = 30_000;

/** A namespace with an operator that looks at nothing else, and modules whose answers are scripted. */
export interface World {
  kube: Kube;
  namespace: string;
  /** The operator with these options beside the world's own; the one started before goes on. */
  start(options?: Partial<OperatorOptions>): Promise<Operator>;
  /** The same in a process of its own; gives back how to kill it. */
  startProcess(): Promise<() => Promise<void>>;
  /** Names of its own, so that tests can share the world and run at once. */
  scene(): Scene;
  /** Stops all operators that were started here. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

type Kind = 'Module' | 'Workspace';

/** What a test does and sees. Every name is the test's own: `shop` is `shop-1` on the cluster. */
export interface Scene {
  kube: Kube;
  namespace: string;
  name(short: string): string;
  phases(kind: Kind, name: string): string[];
  calls(module: string): CallReport[];
  logs(): string;
  /** Creates a Workspace, in this cluster unless told. */
  workspace(name: string, spec?: object, annotations?: Record<string, string>): Promise<WorkspaceObject>;
  /** Creates a Module of the inline generation in Workspace `home`, that runs the scripted module of its own name. */
  module(name: string, spec?: object, more?: { metadata?: object; config?: object[] }): Promise<ModuleObject>;
  /** The image that stands for a scripted module. */
  image(module: string): string;
  read(kind: Kind, name: string): Promise<KubeObject>;
  patch(kind: Kind, name: string, body: object, subresource?: 'status'): Promise<KubeObject>;
  delete(kind: Kind, name: string): Promise<void>;
  /** Waits for a phase, or for anything else about the object. */
  until(kind: Kind, name: string, what: string | ((object: KubeObject) => unknown)): Promise<KubeObject>;
  untilGone(kind: Kind, name: string): Promise<void>;
  /** Waits until a module has been called so often with a verb. */
  untilCalled(module: string, verb: string, times?: number): Promise<void>;
  untilLogged(text: string): Promise<void>;
  /** Events, once there is one with this reason. */
  events(name: string, reason: string): Promise<KubeObject[]>;
  /** Writes down what a module answers. Unscripted verbs succeed with an empty body. */
  script(module: string, script: Script): void;
  /** What a module was called with, in order. */
  called(module: string): RecordedCall[];
  /** Calls and ends of calls, in order. */
  history(module: string): RecordedCall[];
  verbs(module: string): string[];
  /** How often /health was asked for. */
  healthChecks(module: string): number;
}

export async function createWorld(
  kubeconfig: string,
  defaults: Partial<OperatorOptions> = {},
): Promise<World> {
  const kube = connect({ kubeconfig: { text: kubeconfig }, fieldManager: 'a-person' });
  const namespace = `operator-test-${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'operator-test-'));
  await installCrds(kube);
  await create(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  // Types are stripped once, not by every process: that costs three times what the rest of its start does.
  const fake = join(folder, 'fake-runner.mjs');
  writeFileSync(fake, stripTypeScriptTypes(readFileSync(FAKE, 'utf8')));
  const operators: Operator[] = [];
  const processes: ChildProcess[] = [];
  const phases: PhaseReport[] = [];
  const calls: CallReport[] = [];
  const logs: string[] = [];
  let scenes = 0;

  const refOf = (kind: string, name: string) => ({ apiVersion: API_VERSION, kind, namespace, name });
  const folderOf = (module: string) => {
    const path = join(folder, 'modules', module);
    mkdirSync(path, { recursive: true });
    if (!existsSync(join(path, 'script.json'))) writeFileSync(join(path, 'script.json'), '{}');
    return path;
  };

  async function start(options: Partial<OperatorOptions> = {}): Promise<Operator> {
    const { patience, ...rest } = { ...defaults, ...options };
    const operator = await startOperator({
      kubeconfig: { text: kubeconfig },
      runners: 'process',
      watchNamespace: namespace,
      namespace,
      directory: join(folder, 'runners'),
      resolveImage(image) {
        const name = /^fake\/([^:]+):/.exec(image)?.[1];
        if (!name) throw new Error(`no local program for image ${image}`);
        return [process.execPath, fake, folderOf(name)];
      },
      onCall: (call) => calls.push(call),
      onPhase: (phase) => phases.push(phase),
      log: (fields, message) => logs.push(`${message} ${JSON.stringify(fields)}`),
      patience: {
        calls: { min: 100, max: 400 },
        reconciles: { min: 20, max: 500 },
        callAtStop: 500,
        connection: 1500,
        callOfDeleted: 1500,
        ...patience,
      },
      ...rest,
    });
    operators.push(operator);
    return operator;
  }

  async function startProcess(): Promise<() => Promise<void>> {
    const modules = join(folder, 'modules');
    const told = { kubeconfig, namespace, directory: join(folder, 'runners'), modules, fake };
    const program = join(import.meta.dirname, 'operator-process.ts');
    const child = spawn(process.execPath, ['--no-warnings', program, JSON.stringify(told)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    await once(child.stdout, 'data');
    return async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
  }

  function scene(): Scene {
    const suffix = `-${++scenes}`;
    const name = (short: string) => short + suffix;
    const key = (short: string) => `${namespace}/${name(short)}`;
    const ref = (kind: Kind, short: string) => refOf(kind, name(short));
    const logsOf = () => logs.filter((line) => line.includes(`${suffix}"`)).join('\n');
    const requests = (module: string): RecordedCall[] => {
      const file = join(folderOf(name(module)), 'calls.jsonl');
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as RecordedCall);
    };
    const history = (module: string) => requests(module).filter(({ verb }) => verb !== 'health');
    const called = (module: string) => history(module).filter(({ answered }) => !answered);
    return {
      kube,
      namespace,
      name,
      phases: (kind, short) =>
        phases.filter((phase) => phase.kind === kind && phase.name === key(short)).map(({ phase }) => phase),
      calls: (module) => calls.filter((call) => call.module === key(module)),
      logs: logsOf,
      async workspace(short, spec = {}, annotations = {}) {
        const object = {
          apiVersion: API_VERSION,
          kind: 'Workspace',
          metadata: { name: name(short), namespace, annotations },
          spec: { type: 'kubernetes', connection: { type: 'in-cluster' }, ...spec },
        };
        return (await create(kube, object)) as WorkspaceObject;
      },
      async module(short, spec = {}, { metadata = {}, ...more } = {}) {
        const object = {
          apiVersion: API_VERSION,
          kind: 'Module',
          metadata: { name: name(short), namespace, ...metadata },
          ...more,
          spec: {
            workspace: { name: name('home'), namespace },
            ...('source' in spec || 'helm' in spec ? {} : { custom: { image: `fake/${name(short)}:1.0.0` } }),
            ...spec,
          },
        };
        return (await create(kube, object)) as ModuleObject;
      },
      image: (module) => `fake/${name(module)}:1.0.0`,
      async read(kind, short) {
        const found = await find(kube, ref(kind, short));
        if (!found) throw new Error(`expected ${kind} ${short}, found none`);
        return found;
      },
      patch: (kind, short, body, subresource) =>
        patch(kube, ref(kind, short), body, { type: 'merge', ...(subresource ? { subresource } : {}) }),
      delete: (kind, short) => remove(kube, ref(kind, short), { ifOurs: false, wait: false }),
      async until(kind, short, what) {
        const holds = typeof what === 'string' ? (object: KubeObject) => object.status?.phase === what : what;
        let last: KubeObject | undefined;
        const describe = typeof what === 'string' ? what : 'what the test expects';
        try {
          const found = await waitFor(
            kube,
            ref(kind, short),
            (object) => object !== undefined && Boolean(holds(object)),
            {
              describe,
              timeLimit: PATIENT_ENOUGH,
              onProgress: (object) => {
                last = object;
              },
            },
          );
          return found!;
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${JSON.stringify(last, null, 1)}\n${logsOf()}`);
        }
      },
      async untilGone(kind, short) {
        let last: KubeObject | undefined;
        try {
          await waitFor(kube, ref(kind, short), (object) => object === undefined, {
            describe: 'it to be gone',
            timeLimit: PATIENT_ENOUGH,
            onProgress: (object) => {
              last = object;
            },
          });
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${JSON.stringify(last, null, 1)}\n${logsOf()}`);
        }
      },
      async untilCalled(module, verb, times = 1) {
        const until = Date.now() + PATIENT_ENOUGH;
        while (called(module).filter((call) => call.verb === verb).length < times) {
          if (Date.now() > until) throw new Error(`${module}: expected ${verb} ${times} times\n${logsOf()}`);
          await sleep(20);
        }
      },
      async untilLogged(text) {
        const until = Date.now() + PATIENT_ENOUGH;
        while (!logsOf().includes(text)) {
          if (Date.now() > until) throw new Error(`expected ${text} in the log\n${logsOf()}`);
          await sleep(20);
        }
      },
      async events(short, reason) {
        const until = Date.now() + 5000;
        for (;;) {
          const { items } = await list(kube, { apiVersion: 'v1', kind: 'Event', namespace });
          const events = items.filter((event) => event.involvedObject?.name === name(short));
          // Events are written beside the work, not before it.
          if (events.some((event) => event.reason === reason)) return events;
          if (Date.now() > until)
            throw new Error(`${short}: expected an Event ${reason}, found ${JSON.stringify(events)}`);
          await sleep(50);
        }
      },
      script(module, script) {
        writeFileSync(join(folderOf(name(module)), 'script.json'), JSON.stringify(script));
      },
      called,
      history,
      healthChecks: (module) => requests(module).filter(({ verb }) => verb === 'health').length,
      verbs: (module) => called(module).map(({ verb }) => verb),
    };
  }

  return {
    kube,
    namespace,
    start,
    startProcess,
    scene,
    async stop() {
      await Promise.all(operators.map((operator) => operator.stop()));
    },
    async close() {
      for (const child of processes) child.kill('SIGKILL');
      await Promise.all(operators.map((operator) => operator.stop()));
      // Without an operator the finalizers would stay for ever.
      for (const kind of ['Module', 'Workspace']) {
        const { items } = await list(kube, { apiVersion: API_VERSION, kind, namespace });
        const free = { metadata: { finalizers: null } };
        await Promise.all(
          items.map(({ metadata }) =>
            patch(kube, refOf(kind, metadata.name), free, { type: 'merge' }).catch(() => {}),
          ),
        );
      }
      await remove(
        kube,
        { apiVersion: 'v1', kind: 'Namespace', name: namespace },
        { ifOurs: false, wait: false },
      );
      kube.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
