import type { Kube } from '@forkspacer/kube';

/** A kind that can be listed. */
export interface Kind {
  apiVersion: string;
  kind: string;
  /** Of the collection over all namespaces: `/apis/apps/v1/deployments`. */
  path: string;
}

/** What a cluster writes by itself, at any time. */
const UNSTEADY = [
  'Event',
  'Endpoints',
  'EndpointSlice',
  'Lease',
  'ComponentStatus',
  'Node',
  'PodMetrics',
  'NodeMetrics',
];

interface ApiGroup {
  preferredVersion: { groupVersion: string };
}

interface ApiResource {
  name: string;
  kind: string;
  verbs: string[];
}

/** Every kind that the cluster serves now, each in its preferred version. */
async function kindsOf(kube: Kube): Promise<Kind[]> {
  const get = (path: string) => kube.request({ method: 'GET', path });
  const { groups } = await get('/apis');
  const roots = [
    '/api/v1',
    ...(groups as ApiGroup[]).map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
  ];
  const kinds = await Promise.all(
    roots.map(async (root) => {
      const { groupVersion, resources } = await get(root);
      return (resources as ApiResource[])
        .filter(
          ({ name, kind, verbs }) =>
            !name.includes('/') && verbs.includes('list') && !UNSTEADY.includes(kind),
        )
        .map(({ name, kind }) => ({ apiVersion: groupVersion, kind, path: `${root}/${name}` }));
    }),
  );
  return kinds.flat();
}

const known = new Map<string, Promise<Kind[]>>();

/** The same, asked once for each cluster, and again when `refresh` says that there may be more. */
export function knownKinds(kube: Kube, cluster: string, refresh = false): Promise<Kind[]> {
  const kinds = (!refresh && known.get(cluster)) || kindsOf(kube);
  known.set(cluster, kinds);
  return kinds;
}
