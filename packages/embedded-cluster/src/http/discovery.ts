/** What the server has, as clients ask before they do anything: the old documents, and the aggregated one. */
import { createHash } from 'node:crypto';
import type { Kind } from '../machinery/kind.ts';
import type { Registry } from '../machinery/registry.ts';
import type { CustomSubresource, Verb } from '../resources/resource.ts';

interface Subresource {
  name: string;
  group?: string;
  version?: string;
  kind: string;
  verbs: string[];
}

function subresourcesOf({ resource }: Kind): Subresource[] {
  const entries = Object.entries(resource.subresources ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([name, definition]): Subresource[] => {
    if (!definition) return [];
    const read = ['get', 'patch', 'update'];
    if (name === 'status') return [{ name, kind: resource.kind, verbs: read }];
    if (name === 'scale') return [{ name, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: read }];
    const { group, version, kind, verbs } = definition as CustomSubresource;
    return [{ name, ...(kind === resource.kind ? {} : { group, version }), kind, verbs }];
  });
}

/** The order in which the real server lists them for custom kinds. */
const CUSTOM_VERBS: Verb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];

/** Versions are offered newest first: v2 before v1, v1 before v1beta1. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): [number, number, number] | undefined => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    return match
      ? [match[2] === 'alpha' ? 0 : match[2] === 'beta' ? 1 : 2, Number(match[1]), Number(match[3] ?? 0)]
      : undefined;
  };
  const left = parts(a);
  const right = parts(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}

/** group -> version -> kinds, groups in the order in which they were registered. */
function groups(registry: Registry): Map<string, Map<string, Kind[]>> {
  const found = new Map<string, Map<string, Kind[]>>();
  for (const kind of registry.kinds()) {
    const { group, version } = kind.resource;
    const versions = found.get(group) ?? new Map<string, Kind[]>();
    found.set(group, versions);
    versions.set(version, [...(versions.get(version) ?? []), kind]);
  }
  for (const [group, versions] of found) {
    const sorted = [...versions].sort(([a], [b]) => compareVersions(a, b));
    for (const [, kinds] of sorted) kinds.sort((a, b) => (a.resource.plural < b.resource.plural ? -1 : 1));
    found.set(group, new Map(sorted));
  }
  return found;
}

function groupDocument(group: string, versions: Iterable<string>): object {
  const list = [...versions].map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: list, preferredVersion: list[0] };
}

export function apiVersions(address: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

export function apiGroups(registry: Registry): object {
  const list = [...groups(registry)].filter(([group]) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: list.map(([group, versions]) => groupDocument(group, versions.keys())),
  };
}

export function apiGroup(registry: Registry, group: string): object | undefined {
  const versions = group === '' ? undefined : groups(registry).get(group);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group, versions.keys()) };
}

export function apiResources(registry: Registry, group: string, version: string): object | undefined {
  const kinds = groups(registry).get(group)?.get(version);
  if (!kinds) return undefined;
  return {
    kind: 'APIResourceList',
    // The core group's list has no apiVersion in the real one either.
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: kinds.flatMap((kind) => {
      const { plural, singular, namespaced, shortNames, categories } = kind.resource;
      return [
        {
          name: plural,
          singularName: singular,
          namespaced,
          kind: kind.resource.kind,
          verbs: kind.builtin ? sorted(kind.verbs) : CUSTOM_VERBS,
          ...(shortNames ? { shortNames } : {}),
          ...(categories ? { categories } : {}),
          ...(kind.verbs.includes('watch') ? { storageVersionHash: hash(kind) } : {}),
        },
        ...subresourcesOf(kind).map(({ name, ...rest }) => ({
          name: `${plural}/${name}`,
          singularName: '',
          namespaced,
          ...rest,
        })),
      ];
    }),
  };
}

/** APIGroupDiscoveryList: the core group under /api, all others under /apis. */
export function aggregated(registry: Registry, core: boolean): object {
  const list = [...groups(registry)].filter(([group]) => (group === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: list.map(([group, versions]) => ({
      metadata: { name: group === '' ? undefined : group, creationTimestamp: null },
      versions: [...versions].map(([version, kinds]) => ({
        version,
        resources: kinds.map((kind) => {
          const { plural, singular, namespaced, shortNames, categories } = kind.resource;
          const subresources = subresourcesOf(kind);
          return {
            resource: plural,
            responseKind: { group, version, kind: kind.resource.kind },
            scope: namespaced ? 'Namespaced' : 'Cluster',
            singularResource: singular,
            verbs: sorted(kind.verbs),
            ...(shortNames ? { shortNames } : {}),
            ...(categories ? { categories } : {}),
            ...(subresources.length === 0
              ? {}
              : {
                  subresources: subresources.map((each) => ({
                    subresource: each.name,
                    responseKind: {
                      group: each.group ?? group,
                      version: each.version ?? version,
                      kind: each.kind,
                    },
                    verbs: each.verbs,
                  })),
                }),
          };
        }),
        freshness: 'Current',
      })),
    })),
  };
}

function sorted(verbs: readonly Verb[]): Verb[] {
  return [...verbs].sort();
}

function hash({ table, resource }: Kind): string {
  return createHash('sha256')
    .update(`${table.group}/${resource.version}/${resource.kind}`)
    .digest()
    .subarray(0, 8)
    .toString('base64');
}
