import { Agent } from 'node:http';
import { send } from '../wire/send.ts';

/** Plain JSON as the server sent it. */
export interface ClusterObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    finalizers?: string[];
    ownerReferences?: { controller?: boolean }[];
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** A few calls to a cluster over plain HTTP, as through a proxy that adds the credentials. */
export interface ClusterClient {
  // biome-ignore lint/suspicious/noExplicitAny: plain JSON as the server sent it
  call(method: string, path: string, body?: unknown, type?: string): Promise<{ status: number; body: any }>;
  /** The objects of a collection such as `/api/v1/namespaces/shop/configmaps`; none when there is no such kind. */
  list(collection: string): Promise<ClusterObject[]>;
  close(): void;
}

const TIMEOUT = 30_000;

export function clusterClient(url: string): ClusterClient {
  // Each one costs a TLS handshake behind it.
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const call: ClusterClient['call'] = async (method, path, body, type = 'application/json') => {
    const headers = { 'content-type': type, accept: 'application/json' };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await send(url, path, {
      method,
      headers,
      agent,
      timeout: TIMEOUT,
      ...(text !== undefined && { body: text }),
    });
    return {
      status: answer.status,
      body: answer.text.startsWith('{') ? JSON.parse(answer.text) : { message: answer.text },
    };
  };
  return {
    call,
    async list(collection) {
      const { status, body } = await call('GET', collection);
      return status === 200 ? ((body.items as ClusterObject[]) ?? []) : [];
    },
    close: () => agent.destroy(),
  };
}

/** One kind as discovery tells it. */
export interface Kind {
  /** `/api/v1`, `/apis/apps/v1` */
  root: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

/** What comes and goes by itself, or only tells of other objects. */
const LEFT_OUT = new Set(['events', 'endpoints', 'endpointslices', 'leases', 'componentstatuses']);

/** Every kind that can be listed and deleted. */
export async function discover(client: ClusterClient): Promise<Kind[]> {
  const groups = await client.call('GET', '/apis');
  const roots = ['/api/v1'];
  for (const group of groups.body.groups ?? []) roots.push(`/apis/${group.preferredVersion.groupVersion}`);
  const lists = await Promise.all(
    roots.map(async (root) => {
      const { body } = await client.call('GET', root);
      return (body.resources ?? []).map((resource: object) => ({ ...resource, root }));
    }),
  );
  return lists
    .flat()
    .filter(
      ({ name, verbs }) =>
        !name.includes('/') && verbs.includes('list') && verbs.includes('delete') && !LEFT_OUT.has(name),
    )
    .map(({ root, kind, name, namespaced }) => ({ root, kind, plural: name, namespaced }));
}

/**
 * The collection that a path of the API belongs to; undefined where it is none that is looked at.
 * `/apis/apps/v1/namespaces/shop/deployments/web/scale` is in `/apis/apps/v1/namespaces/shop/deployments`.
 */
export function collectionOf(path: string): string | undefined {
  const [, group, ...rest] = path.split('/');
  const root = group === 'api' ? rest.splice(0, 1) : rest.splice(0, 2);
  const parts = rest[0] === 'namespaces' && rest.length >= 3 ? rest.slice(0, 3) : rest.slice(0, 1);
  const plural = parts.at(-1);
  if ((group !== 'api' && group !== 'apis') || plural === undefined || LEFT_OUT.has(plural)) return undefined;
  if (/review$|reviews$/.test(plural)) return undefined;
  return `/${[group, ...root, ...parts].join('/')}`;
}

export function pathIn(collection: string, name: string): string {
  return `${collection}/${name}`;
}
