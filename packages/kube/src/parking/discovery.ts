import type { Kube } from '../connect.ts';
import { KubeError } from '../error.ts';
import { find } from '../read.ts';
import { bounded } from './bounded.ts';
import type { Kind } from './kinds/kind.ts';
import { type ScalePaths, scalable } from './kinds/scalable.ts';

/** A namespaced kind that the server serves, at the version that it prefers. */
export interface Served {
  group: string;
  version: string;
  kind: string;
  plural: string;
  scale: boolean;
}

interface Aggregated {
  kind: 'APIGroupDiscoveryList';
  items: {
    metadata?: { name?: string };
    versions: {
      version: string;
      resources?: {
        resource: string;
        responseKind?: { kind?: string };
        scope: string;
        subresources?: { subresource: string }[];
      }[];
    }[];
  }[];
}

interface Groups {
  kind: 'APIGroupList';
  groups: { name: string; preferredVersion: { groupVersion: string; version: string } }[];
}

const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');
const WIDTH = 16;

/**
 * What the server serves beside the core group, by one read (aggregated discovery, Kubernetes 1.27 and newer; one read
 * for each group before). Of a group with several versions, each kind at the first version that has it.
 */
export async function discover(kube: Kube): Promise<Served[]> {
  const answer: Aggregated | Groups = await kube.request({
    method: 'GET',
    path: '/apis',
    accept: ACCEPT,
    subject: { object: 'discovery', verb: 'get', resource: '', secret: false },
  });
  if (answer.kind !== 'APIGroupDiscoveryList') return askEach(kube, answer);
  return answer.items.flatMap(({ metadata, versions }) => {
    const group = metadata?.name ?? '';
    const found = new Map<string, Served>();
    for (const { version, resources = [] } of versions) {
      const known: { kind: string; name: string; namespaced: boolean }[] = [];
      for (const { resource: plural, responseKind, scope, subresources } of resources) {
        const kind = responseKind?.kind;
        if (!kind) continue;
        known.push({ kind, name: plural, namespaced: scope === 'Namespaced' });
        if (scope !== 'Namespaced' || found.has(kind)) continue;
        const scale = subresources?.some(({ subresource }) => subresource === 'scale') ?? false;
        found.set(kind, { group, version, kind, plural, scale });
      }
      if (known.length > 0) kube.know(`${group}/${version}`, known);
    }
    return [...found.values()];
  });
}

async function askEach(kube: Kube, { groups }: Groups): Promise<Served[]> {
  const lists = await bounded(
    groups,
    WIDTH,
    async ({ name: group, preferredVersion: { groupVersion, version } }) => {
      let resources: { name: string; kind: string; namespaced: boolean }[] = [];
      try {
        ({ resources } = await kube.request({ method: 'GET', path: `/apis/${groupVersion}` }));
      } catch (error) {
        // The server behind an aggregated API is away: nothing of it is parked.
        if (!(error instanceof KubeError) || error.status === 0) throw error;
      }
      const scaled = new Set(resources.map(({ name }) => name).filter((name) => name.endsWith('/scale')));
      return resources
        .filter(({ name, namespaced }) => namespaced && !name.includes('/'))
        .map(({ name: plural, kind }) => ({
          group,
          version,
          kind,
          plural,
          scale: scaled.has(`${plural}/scale`),
        }));
    },
  );
  return lists.flat();
}

/**
 * A discovered kind with a scale subresource, by its CustomResourceDefinition. Where that may not be read, replicas are
 * taken to be where nearly all have them.
 */
export async function scalableKind(kube: Kube, { group, version, kind, plural }: Served): Promise<Kind> {
  let paths: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  try {
    const crd = await find(kube, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: `${plural}.${group}`,
    });
    const found = crd?.spec?.versions?.find(({ name }: { name: string }) => name === version);
    paths = found?.subresources?.scale ?? paths;
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    kube.log?.({ kind, reason: error.message }, 'replicas taken to be at spec.replicas');
  }
  return scalable(group, version, kind, paths);
}
