import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_VERSION, LABELS } from '@forkspacer/contract';
import {
  apply,
  create,
  type Kube,
  type KubeObject,
  list,
  patch,
  remove,
  waitFor,
  waitGone,
} from '@forkspacer/kube';
import { parse } from 'yaml';
import { repository } from '../repository.ts';
import { application, workloads } from './application.ts';
import { fingerprint, inWords, observe, settle } from './observe.ts';
import type { Stage } from './stage.ts';

const PATIENCE = 120_000;

/** A call that the operator made to the module. */
export interface ModuleCall {
  verb: string;
  status: number;
  ms: number;
}

/** What the demo saw, row by row: the counts of each workload at each time of the day. */
export interface Seen {
  when: string;
  /** By name: replicas, or whether it is suspended. */
  state: Record<string, string>;
}

export interface Scene {
  kube: Kube;
  /** Where the application, the Workspace and the Module live. */
  namespace: string;
  /** Hears of what the operator does, until the returned function is called. */
  listen(note: (line: string) => void): () => void;
  seen: Seen[];
}

/** The catalog's own YAML, filled in as a person would: a name, a workspace, what to park. */
export function moduleFromCatalog(namespace: string): { path: string; module: KubeObject } {
  const index = JSON.parse(readFileSync(join(repository, 'catalog/index.json'), 'utf8'));
  const entry = index.modules.find(({ name }: { name: string }) => name === 'scale-to-zero');
  const path = `catalog/${entry.versions[0].module}`;
  const module: KubeObject = parse(readFileSync(join(repository, path), 'utf8'));
  module.metadata = { ...module.metadata, name: 'sleepy', namespace };
  module.spec.workspace = { name: 'dev', namespace };
  module.spec.config = { namespace, selector: 'app.kubernetes.io/part-of=shop' };
  return { path, module };
}

/** The demo from the application on; cluster and operator are there. */
export function story({ kube, namespace, listen, seen }: Scene): Stage[] {
  const objects = application(namespace);
  const { path, module } = moduleFromCatalog(namespace);
  const ref = (kind: string, name: string) => ({ apiVersion: API_VERSION, kind, name, namespace });
  const workspace = ref('Workspace', 'dev');
  const sleepy = ref('Module', 'sleepy');
  let before = '';

  const look = async (when: string) => {
    const now = await observe(kube, namespace);
    seen.push({ when, state: Object.fromEntries(now.map(({ name, state }) => [name, state])) });
    return now;
  };
  const reach = async (target: typeof workspace, phase: string) => {
    await waitFor(
      kube,
      target,
      (object) => {
        if (object?.status?.phase === 'failed') {
          throw new Error(
            `${target.kind} ${target.name} failed: ${object.status.message ?? 'no reason was given'}`,
          );
        }
        return object?.status?.phase === phase;
      },
      { describe: `phase ${phase}`, timeLimit: PATIENCE },
    );
  };
  const hibernate = (hibernated: boolean) =>
    patch(kube, workspace, { spec: { hibernated } }, { type: 'merge' });

  return [
    {
      title: 'A small application: a Deployment, a StatefulSet with a claim, a CronJob',
      async run() {
        for (const object of objects) await apply(kube, object);
        const now = await settle(kube, namespace, 'awake');
        before = await fingerprint(kube, namespace, objects);
        await look('before');
        return inWords(now);
      },
    },
    {
      title: `A Workspace, and the Module from ${path}`,
      async run(note) {
        const silence = listen(note);
        await create(kube, {
          apiVersion: API_VERSION,
          kind: 'Workspace',
          metadata: { name: 'dev', namespace },
          spec: {},
        });
        await create(kube, module);
        await reach(sleepy, 'ready');
        silence();
        return `ready, ${inWords(await look('installed'))}`;
      },
    },
    {
      title: 'Evening: the Workspace hibernates',
      async run(note) {
        const silence = listen(note);
        await hibernate(true);
        await reach(sleepy, 'sleeped');
        await reach(workspace, 'hibernated');
        await settle(kube, namespace, 'asleep');
        silence();
        return `asleep, ${inWords(await look('asleep'))}`;
      },
    },
    {
      title: 'Morning: the Workspace wakes',
      async run(note) {
        const silence = listen(note);
        await hibernate(false);
        await reach(sleepy, 'ready');
        await reach(workspace, 'ready');
        await settle(kube, namespace, 'awake');
        silence();
        return `awake, ${inWords(await look('awake'))}`;
      },
    },
    {
      title: 'The Module is deleted',
      async run(note) {
        const silence = listen(note);
        await remove(kube, sleepy, { ifOurs: false, wait: false });
        await waitGone(kube, sleepy, { timeLimit: PATIENCE });
        silence();
        await look('left');
        const after = await fingerprint(kube, namespace, objects);
        if (after !== before)
          throw new Error(`the application is not as it was: ${firstDifference(before, after)}`);
        const left = await traces(kube, namespace);
        if (left.length > 0) throw new Error(`the module left ${left.join(', ')}`);
        return 'gone without a trace, the application as it was';
      },
    },
    {
      title: 'The Workspace is deleted',
      async run() {
        await remove(kube, workspace, { ifOurs: false, wait: false });
        await waitGone(kube, workspace, { timeLimit: PATIENCE });
        return 'gone';
      },
    },
  ];
}

/** Everything in the namespace that carries a label of ours. */
async function traces(kube: Kube, namespace: string): Promise<string[]> {
  const kinds = [
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['v1', 'Service'],
    ['v1', 'Pod'],
    ...workloads.map(({ apiVersion, kind }) => [apiVersion, kind]),
  ] as [string, string][];
  const found = await Promise.all(
    kinds.map(([apiVersion, kind]) =>
      list(kube, { apiVersion, kind, namespace, labelSelector: LABELS.instance }),
    ),
  );
  return found.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
}

function firstDifference(before: string, after: string): string {
  const was = before.split('\n');
  const is = after.split('\n');
  const line = was.findIndex((text, index) => text !== is[index]);
  return `expected ${was[line]?.trim()}, found ${is[line]?.trim()}`;
}
