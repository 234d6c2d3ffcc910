import { find, type Kube, type KubeObject, list } from '@forkspacer/kube';
import { workloads } from './application.ts';

/** A workload as the cluster has it: the replicas that it should have, and the Pods that are there. */
export interface Observed {
  name: string;
  kind: string;
  replicas: number;
  pods: number;
}

export async function observe(kube: Kube, namespace: string): Promise<Observed[]> {
  const { items: pods } = await list(kube, { apiVersion: 'v1', kind: 'Pod', namespace });
  return Promise.all(
    workloads.map(async ({ apiVersion, kind, name }) => {
      const object = await find(kube, { apiVersion, kind, name, namespace });
      const mine = pods.filter((pod) => pod.metadata.labels?.['app.kubernetes.io/name'] === name);
      return { name, kind, replicas: object?.spec.replicas ?? 0, pods: mine.length };
    }),
  );
}

/** Waits until each workload has the replicas and the Pods that are expected of it. */
export async function settle(
  kube: Kube,
  namespace: string,
  expected: (workload: (typeof workloads)[number]) => number,
  within = 60_000,
): Promise<Observed[]> {
  const until = Date.now() + within;
  for (;;) {
    const seen = await observe(kube, namespace);
    const off = seen.find(({ replicas, pods }, index) => {
      const count = expected(workloads[index]!);
      return replicas !== count || pods !== count;
    });
    if (!off) return seen;
    if (Date.now() > until) {
      const count = expected(workloads.find(({ name }) => name === off.name)!);
      throw new Error(
        `${off.kind} ${off.name}: expected ${count} replicas with ${count} Pods within ${within / 1000} s, found ${off.replicas} with ${off.pods}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    kube.signal?.throwIfAborted();
  }
}

/** `web 3, database 2` */
export function inWords(seen: Observed[]): string {
  return seen.map(({ name, replicas }) => `${name} ${replicas}`).join(', ');
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
