import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** A namespace of its own with an operator that looks at nothing else, and scripted modules. */
export interface World {
  kube: Kube;
  namespace: string;
  phases: PhaseReport[];
  calls: CallReport[];
  logs: string[];
  start(options?: Partial<OperatorOptions>): Promise<Operator>;
  operator(): Operator;
  /** Creates a Workspace, in this cluster unless told. */
  workspace(name: string, spec?: object, annotations?: Record<string, string>): Promise<WorkspaceObject>;
  /** Creates a Module of the inline generation that runs the scripted module of its own name. */
  module(name: string, spec?: object, more?: object): Promise<ModuleObject>;
  create(object: object): Promise<KubeObject>;
  read(kind: 'Module' | 'Workspace', name: string): Promise<KubeObject | undefined>;
  patch(kind: 'Module' | 'Workspace', name: string, body: object): Promise<KubeObject>;
  delete(kind: 'Module' | 'Workspace', name: string): Promise<void>;
  /** Waits for a phase, or for any condition on the object. */
  until(
    kind: 'Module' | 'Workspace',
    name: string,
    what: string | ((object: KubeObject) => boolean),
  ): Promise<KubeObject>;
  untilGone(kind: 'Module' | 'Workspace', name: string): Promise<void>;
  events(name: string): Promise<KubeObject[]>;
  /** Writes down what a module answers. Unscripted verbs succeed with an empty body. */
  script(module: string, script: Script): void;
  /** What a module was called with, in order. */
  called(module: string): RecordedCall[];
  verbs(module: string): string[];
  close(): Promise<void>;
}

export async function createWorld(kubeconfig: string): Promise<World> {
  const kube = connect({ kubeconfig: { text: kubeconfig }, fieldManager: 'a-person' });
  const namespace = `operator-test-${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'operator-test-'));
  await installCrds(kube);
  await create(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const operators: Operator[] = [];
  const phases: PhaseReport[] = [];
  const calls: CallReport[] = [];
  const logs: string[] = [];
  const ref = (kind: string, name: string) => ({ apiVersion: API_VERSION, kind, namespace, name });
  const folderOf = (module: string) => {
    const path = join(folder, 'modules', module);
    mkdirSync(path, { recursive: true });
    return path;
  };

  const world: World = {
    kube,
    namespace,
    phases,
    calls,
    logs,
    async start(options = {}) {
      const { patience, ...rest } = options;
      const operator = await startOperator({
        kubeconfig: { text: kubeconfig },
        runners: 'process',
        watchNamespace: namespace,
        namespace,
        directory: join(folder, 'runners'),
        resolveImage(image) {
          const name = /^fake\/([^:]+):/.exec(image)?.[1];
          if (!name) throw new Error(`no local program for image ${image}`);
          const path = folderOf(name);
          try {
            readFileSync(join(path, 'script.json'));
          } catch {
            writeFileSync(join(path, 'script.json'), '{}');
          }
          return [process.execPath, '--no-warnings', FAKE, path];
        },
        onCall: (call) => calls.push(call),
        onPhase: (phase) => phases.push(phase),
        log: (fields, message) => logs.push(`${message} ${JSON.stringify(fields)}`),
        patience: {
          calls: { min: 100, max: 400 },
          reconciles: { min: 20, max: 500 },
          callAtStop: 500,
          ...patience,
        },
        ...rest,
      });
      operators.push(operator);
      return operator;
    },
    operator: () => operators.at(-1)!,
    async workspace(name, spec = {}, annotations = {}) {
      const object = {
        apiVersion: API_VERSION,
        kind: 'Workspace',
        metadata: { name, namespace, annotations },
        spec: { type: 'kubernetes', connection: { type: 'in-cluster' }, ...spec },
      };
      return (await create(kube, object)) as WorkspaceObject;
    },
    async module(name, spec = {}, more = {}) {
      const object = {
        apiVersion: API_VERSION,
        kind: 'Module',
        metadata: { name, namespace },
        ...more,
        spec: { workspace: { name: 'home', namespace }, custom: { image: `fake/${name}:1.0.0` }, ...spec },
      };
      return (await create(kube, object)) as ModuleObject;
    },
    create: (object) => create(kube, object as KubeObject),
    read: (kind, name) => find(kube, ref(kind, name)),
    patch: (kind, name, body) => patch(kube, ref(kind, name), body, { type: 'merge' }),
    delete: (kind, name) => remove(kube, ref(kind, name), { ifOurs: false, wait: false }),
    async until(kind, name, what) {
      const holds = typeof what === 'string' ? (object: KubeObject) => object.status?.phase === what : what;
      let last: KubeObject | undefined;
      try {
        const found = await waitFor(
          kube,
          ref(kind, name),
          (object) => object !== undefined && holds(object),
          {
            describe: String(what),
            timeLimit: 15_000,
            onProgress: (object) => {
              last = object;
            },
          },
        );
        return found!;
      } catch (error) {
        throw new Error(
          `${(error as Error).message}; it is ${JSON.stringify(last?.status)}; ${logs.slice(-15).join('\n')}`,
        );
      }
    },
    async untilGone(kind, name) {
      await waitFor(kube, ref(kind, name), (object) => object === undefined, {
        describe: 'it to go',
        timeLimit: 15_000,
      });
    },
    async events(name) {
      const { items } = await list(kube, { apiVersion: 'v1', kind: 'Event', namespace });
      return items.filter((event) => event.involvedObject?.name === name);
    },
    script(module, script) {
      writeFileSync(join(folderOf(module), 'script.json'), JSON.stringify(script));
    },
    called(module) {
      try {
        const text = readFileSync(join(folderOf(module), 'calls.jsonl'), 'utf8');
        return text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as RecordedCall);
      } catch {
        return [];
      }
    },
    verbs: (module) =>
      world
        .called(module)
        .filter((call) => !call.answered)
        .map(({ verb }) => verb),
    async close() {
      for (const operator of operators) await operator.stop();
      // Without an operator the finalizers stay for ever.
      for (const kind of ['Module', 'Workspace']) {
        const { items } = await list(kube, { apiVersion: API_VERSION, kind, namespace });
        for (const { metadata } of items) {
          await patch(
            kube,
            ref(kind, metadata.name),
            { metadata: { finalizers: null } },
            { type: 'merge' },
          ).catch(() => {});
        }
      }
      const all = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
      await remove(kube, all, { ifOurs: false, wait: false });
      kube.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}
