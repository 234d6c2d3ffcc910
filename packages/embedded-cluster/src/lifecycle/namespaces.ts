/** The end of a namespace: everything in it is deleted, then it is let go of. */

import type { Client } from '../client.ts';
import { timestamp } from '../clock.ts';
import type { Api } from '../machinery/api.ts';
import type { KubeObject } from '../object.ts';
import { clone, same } from '../store/freeze.ts';
import { workQueue } from './queue.ts';

/** The finalizer in spec.finalizers that this controller answers for. */
const FINALIZER = 'kubernetes';

export function endNamespaces(api: Api, inner: Client): () => void {
  const client = inner.as('kube-controller-manager');
  const { store } = api;

  const end = (name: string): void => {
    const namespace = client.find({ apiVersion: 'v1', kind: 'Namespace', name });
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (!namespace.spec?.finalizers?.includes(FINALIZER)) return;
    const remaining: { what: string; objects: KubeObject[] }[] = [];
    for (const table of store.tables()) {
      if (table.list(name).length === 0) continue;
      for (const { apiVersion, kind, metadata } of [...table.list(name)]) {
        if (metadata.deletionTimestamp === undefined) {
          client.delete(
            { apiVersion, kind, namespace: name, name: metadata.name },
            { propagationPolicy: 'Background' },
          );
        }
      }
      const objects = [...table.list(name)];
      if (objects.length > 0) {
        remaining.push({
          what: table.group === '' ? `${table.plural}.` : `${table.plural}.${table.group}`,
          objects,
        });
      }
    }
    if (remaining.length === 0) {
      const next = clone(namespace);
      next.spec.finalizers = next.spec.finalizers.filter((each: string) => each !== FINALIZER);
      client.update(next, { subresource: 'finalize' });
      return;
    }
    const conditions = conditionsOf(
      remaining,
      timestamp(api.clock.now()),
      namespace.status?.conditions ?? [],
    );
    if (same(conditions, namespace.status?.conditions)) return;
    const next = clone(namespace);
    next.status = { ...next.status, conditions };
    client.update(next, { subresource: 'status' });
  };

  const queue = workQueue<string>(end);
  const unwatch = store.onChange((table, old, object) => {
    const { name, namespace } = (object ?? old)!.metadata;
    if (table.group === '' && table.plural === 'namespaces') {
      if (object?.metadata.deletionTimestamp !== undefined) queue.add(name);
    } else if (
      namespace !== undefined &&
      (object === undefined || object.metadata.deletionTimestamp !== undefined)
    ) {
      const space = store.table('', 'namespaces').get('', namespace);
      if (space?.metadata.deletionTimestamp !== undefined) queue.add(namespace);
    }
  });
  return () => {
    unwatch();
    queue.stop();
  };
}

function conditionsOf(
  remaining: { what: string; objects: KubeObject[] }[],
  now: string,
  before: { type: string; status: string; lastTransitionTime: string }[],
): object[] {
  const finalizers = new Map<string, number>();
  for (const { objects } of remaining) {
    for (const { metadata } of objects) {
      for (const finalizer of metadata.finalizers ?? [])
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
    }
  }
  const resources = remaining
    .map(({ what, objects }) => `${what} has ${objects.length} resource instances`)
    .sort()
    .join(', ');
  const held = [...finalizers]
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
    .sort()
    .join(', ');
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): object => {
    const known = before.find((each) => each.type === type);
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now;
    return { type, status, lastTransitionTime, reason, message };
  };
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    condition(
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    condition(
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      `Some resources are remaining: ${resources}`,
    ),
    held === ''
      ? condition(
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        )
      : condition(
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held}`,
        ),
  ];
}
