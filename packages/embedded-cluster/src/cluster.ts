import type { Client } from './client.ts';
import { type Clock, systemClock, timestamp } from './clock.ts';
import type { Interceptor } from './http/server.ts';
import { listen } from './http/server.ts';
import { startLifecycle } from './lifecycle/index.ts';
import { Api } from './machinery/api.ts';
import { innerClient } from './machinery/inner-client.ts';
import { Registry } from './machinery/registry.ts';
import { resources } from './resources/index.ts';
import type { Context } from './resources/resource.ts';
import { Store } from './store/store.ts';

export interface ClusterOptions {
  /** Of 127.0.0.1; a free one when left out. */
  port?: number;
  /** Controllers, garbage collection and the end of namespaces. Default true. */
  controllers?: boolean;
  /** Pods run: they become Running and Ready, and end when deleted. Default false: they stay Pending. */
  kubelet?: boolean;
  clock?: Clock;
}

export interface Cluster {
  /** `https://127.0.0.1:PORT` */
  server: string;
  /** YAML text with the authority and an administrator's certificate in it. */
  kubeconfig: string;
  clock: Clock;
  /** The cluster from inside: what controllers use, and handy for tests. */
  client: Client;
  /** Sees every HTTP request, the first to come first. Returns how to take the interceptor out again. */
  intercept(interceptor: Interceptor): () => void;
  /** Forgets the past: watches and lists from an older resourceVersion are answered with 410 from now on. */
  compact(): void;
  stop(): Promise<void>;
}

/** Starts a Kubernetes API server in this process, with nothing in it but the namespaces that every cluster has. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const clock = options.clock ?? systemClock();
  const store = new Store();
  const api = new Api(store, new Registry(resources, store), clock);
  const client = innerClient(api);
  api.context = contextOf(client, clock);
  const listening = await listen(api, options.port ?? 0);
  const stopLifecycle = startLifecycle(api, client, {
    ...options,
    authority: listening.certificates.authority,
  });
  return {
    server: listening.url,
    kubeconfig: kubeconfigText(listening.url, listening.certificates),
    clock,
    client,
    intercept: listening.intercept,
    compact: () => store.compact(),
    async stop() {
      stopLifecycle();
      if (!options.clock) clock.stop();
      await listening.close();
    },
  };
}

function contextOf(client: Client, clock: Clock): Context {
  const kept = new Map<string, unknown>();
  return {
    client,
    now: () => timestamp(clock.now()),
    time: () => clock.now(),
    find: (ref) => client.find(ref),
    list: (query) => client.list(query),
    keep<T>(key: string, make: () => T): T {
      if (!kept.has(key)) kept.set(key, make());
      return kept.get(key) as T;
    },
  };
}

function kubeconfigText(
  server: string,
  { authority, client }: { authority: string; client: { certificate: string; key: string } },
): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
- name: embedded
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authority)}
users:
- name: admin
  user:
    client-certificate-data: ${base64(client.certificate)}
    client-key-data: ${base64(client.key)}
contexts:
- name: embedded
  context:
    cluster: embedded
    user: admin
current-context: embedded
`;
}
