import type { Client } from '../client.ts';
import type { ClusterOptions } from '../cluster.ts';
import { startControllers } from '../controllers/index.ts';
import type { Api } from '../machinery/api.ts';
import { serveDefinitions } from './definitions.ts';
import { collectGarbage } from './garbage.ts';
import { endNamespaces } from './namespaces.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Puts in what every cluster has from its first moment, and starts what works in the background. */
export function startLifecycle(
  api: Api,
  client: Client,
  { controllers = true, kubelet = false, authority }: ClusterOptions & { authority: string },
): () => void {
  const server = client.as('kube-apiserver');
  for (const name of NAMESPACES) server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  // Version 1 is in the past of every cluster.
  api.store.compact();
  const stops = [serveDefinitions(api, client)];
  if (controllers) {
    stops.push(collectGarbage(api, client), endNamespaces(api, client));
    stops.push(startControllers({ client, context: api.context, clock: api.clock, kubelet, authority }));
  }
  return () => {
    for (const stop of stops) stop();
  };
}
