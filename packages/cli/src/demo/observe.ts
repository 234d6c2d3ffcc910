import { find, type Kube, type KubeObject, list } from '@forkspacer/kube';
import { workloads } from './application.ts';

/** A workload as the cluster has it: what it should be, and the Pods that are there. */
export interface Observed {
  name: string;
  kind: string;
  /** The replicas that it asks for; of a CronJob, `active` or `suspended`. */
  state: string;
  pods: number;
}

export async function observe(kube: Kube, namespace: string): Promise<Observed[]> {
  const { items: pods } = await list(kube, { apiVersion: 'v1', kind: 'Pod', namespace });
  return Promise.all(
    workloads.map(async ({ apiVersion, kind, name }) => {
      const object = await find(kube, { apiVersion, kind, name, namespace });
      const mine = pods.filter((pod) => pod.metadata.labels?.['app.kubernetes.io/name'] === name);
      return { name, kind, state: stateOf(object), pods: mine.length };
    }),
  );
}

function stateOf(object: KubeObject | undefined): string {
  if (!object) return 'gone';
  if (object.kind === 'CronJob') return object.spec.suspend ? 'suspended' : 'active';
  return String(object.spec.replicas ?? 1);
}

/** Waits until each workload is as it should be by day or by night, with as many Pods as it asks for. */
export async function settle(
  kube: Kube,
  namespace: string,
  time: 'awake' | 'asleep',
  within = 60_000,
): Promise<Observed[]> {
  const until = Date.now() + within;
  for (;;) {
    const seen = await observe(kube, namespace);
    const off = seen.findIndex(
      ({ state, pods }, index) =>
        state !== workloads[index]![time] || (state !== 'active' && pods !== (Number(state) || 0)),
    );
    if (off === -1) return seen;
    if (Date.now() > until) {
      const { kind, name, state, pods } = seen[off]!;
      throw new Error(
        `${kind} ${name}: expected ${workloads[off]![time]} with its Pods within ${within / 1000} s, found ${state} with ${pods} Pods`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    kube.signal?.throwIfAborted();
  }
}

/** `web 3, database 2, report active` */
export function inWords(seen: Observed[]): string {
  return seen.map(({ name, state }) => `${name} ${state}`).join(', ');
}

/** What a visit must leave as it was: the objects of the application without what the server keeps for itself. */
export async function fingerprint(kube: Kube, namespace: string, objects: KubeObject[]): Promise<string> {
  const states = await Promise.all(
    objects.map(async ({ apiVersion, kind, metadata }) => {
      const object = await find(kube, { apiVersion, kind, name: metadata.name, namespace });
      return {
        kind,
        name: metadata.name,
        labels: object?.metadata.labels,
        annotations: object?.metadata.annotations,
        uid: object?.metadata.uid,
        managers: (object?.metadata.managedFields ?? [])
          .filter(({ subresource }) => !subresource)
          .map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 })),
        spec: object?.spec,
      };
    }),
  );
  return JSON.stringify(states, null, 1);
}
