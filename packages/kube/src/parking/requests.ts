import type { KubeObject } from '../object.ts';

/** What Pods ask of a node: thousandths of a core, and bytes. */
export interface Requests {
  cpu: number;
  memory: number;
}

interface Container {
  restartPolicy?: string;
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
}

/** Requests of `count` Pods made from `object.spec.template`. */
export function podsOf(object: KubeObject, count: number): Requests {
  const pod = podRequests(object.spec?.template?.spec ?? {});
  return { cpu: pod.cpu * count, memory: pod.memory * count };
}

/**
 * What the scheduler counts for a Pod: its containers and sidecars together, or the largest of its init containers,
 * and the overhead of its runtime (Kubernetes docs, "Resource sharing within containers").
 */
function podRequests(spec: {
  containers?: Container[];
  initContainers?: Container[];
  overhead?: Record<string, string | number>;
}): Requests {
  const result: Requests = { cpu: 0, memory: 0 };
  for (const name of ['cpu', 'memory'] as const) {
    const of = ({ resources }: Container): number =>
      quantity(resources?.requests?.[name] ?? resources?.limits?.[name]);
    const sum = (containers: Container[]): number => containers.reduce((total, each) => total + of(each), 0);
    const inits = spec.initContainers ?? [];
    const sidecars = inits.filter(({ restartPolicy }) => restartPolicy === 'Always');
    const first = inits.filter(({ restartPolicy }) => restartPolicy !== 'Always').map(of);
    const running = sum(spec.containers ?? []) + sum(sidecars);
    const amount = Math.max(running, ...first) + quantity(spec.overhead?.[name]);
    result[name] = name === 'cpu' ? Math.round(amount * 1000) : Math.round(amount);
  }
  return result;
}

/** Requests as a plain `resources.requests`, `count` times. */
export function requestsOf(requests: Record<string, string | number> | undefined, count: number): Requests {
  return {
    cpu: Math.round(quantity(requests?.cpu) * 1000) * count,
    memory: Math.round(quantity(requests?.memory)) * count,
  };
}

const SUFFIXES: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number: `250m` is 0.25, `1Gi` is 1073741824, and what is none is 0. */
export function quantity(value: string | number | undefined): number {
  const [, digits, suffix = ''] =
    /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(String(value ?? '')) ?? [];
  return Number(digits ?? 0) * (SUFFIXES[suffix] ?? 0);
}
