/** Custom kinds come and go with their definitions. This is the API server's own work: no controller is needed. */

import type { Client } from '../client.ts';
import { timestamp } from '../clock.ts';
import { customKind } from '../crd/custom-kind.ts';
import type { Api } from '../machinery/api.ts';
import type { Kind } from '../machinery/kind.ts';
import type { KubeObject } from '../object.ts';
import { CLEANUP } from '../resources/customresourcedefinitions.ts';
import { clone, same } from '../store/freeze.ts';
import { workQueue } from './queue.ts';

const APIEXTENSIONS = 'apiextensions.k8s.io';
const PLURAL = 'customresourcedefinitions';

interface Condition {
  type: string;
  status: string;
  lastTransitionTime: string;
  reason: string;
  message: string;
}

export function serveDefinitions(api: Api, inner: Client): () => void {
  const client = inner.as('kube-apiserver');
  const { store, registry } = api;
  const served = new Map<string, { definition: KubeObject; kinds: Kind[] }>();

  const withdraw = (name: string): void => {
    for (const kind of served.get(name)?.kinds ?? []) registry.remove(kind);
    served.delete(name);
  };

  const serve = (definition: KubeObject): void => {
    const { name } = definition.metadata;
    const { group, names, versions } = definition.spec;
    const known = served.get(name);
    if (known && same(known.definition.spec, definition.spec)) return;
    withdraw(name);
    const table = store.table(group, names.plural);
    const kinds = versions
      .filter((version: { served: boolean }) => version.served)
      .map((version: Parameters<typeof customKind>[1]) => customKind(definition, version, table));
    for (const kind of kinds) registry.add(kind);
    served.set(name, { definition, kinds });
  };

  /** Another definition, or a built-in kind, that has one of the names already. */
  const conflictOf = (definition: KubeObject): { reason: string; message: string } | undefined => {
    const { group, names } = definition.spec;
    const taken = new Set<string>();
    const kinds = new Set<string>();
    for (const kind of registry.kinds()) {
      if (kind.resource.group !== group || served.get(definition.metadata.name)?.kinds.includes(kind))
        continue;
      for (const name of [kind.resource.plural, kind.resource.singular, ...(kind.resource.shortNames ?? [])])
        taken.add(name);
      kinds.add(kind.resource.kind).add(kind.listKind);
    }
    const of = (name: string): string => `${JSON.stringify(name)} is already in use`;
    if (taken.has(names.plural)) return { reason: 'PluralConflict', message: of(names.plural) };
    if (names.singular && taken.has(names.singular))
      return { reason: 'SingularConflict', message: of(names.singular) };
    const short = (names.shortNames ?? []).find((each: string) => taken.has(each));
    if (short) return { reason: 'ShortNamesConflict', message: of(short) };
    if (kinds.has(names.kind)) return { reason: 'KindConflict', message: of(names.kind) };
    if (kinds.has(names.listKind)) return { reason: 'ListKindConflict', message: of(names.listKind) };
    return undefined;
  };

  const look = (name: string): void => {
    const definition = store.table(APIEXTENSIONS, PLURAL).get('', name);
    if (!definition) {
      withdraw(name);
      return;
    }
    if (definition.metadata.deletionTimestamp !== undefined) {
      cleanUp(definition);
      return;
    }
    establish(definition);
  };

  const establish = (definition: KubeObject): void => {
    const conflict = conflictOf(definition);
    const conditions: Condition[] = clone(definition.status?.conditions ?? []);
    const set = (type: string, status: 'True' | 'False', reason: string, message: string): void => {
      const lastTransitionTime = timestamp(api.clock.now());
      const known = conditions.find((each) => each.type === type);
      if (!known) conditions.push({ type, status, lastTransitionTime, reason, message });
      else
        Object.assign(known, {
          status,
          reason,
          message,
          ...(known.status === status ? {} : { lastTransitionTime }),
        });
    };
    const established = conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    if (conflict) {
      set('NamesAccepted', 'False', conflict.reason, conflict.message);
      if (!established) set('Established', 'False', 'NotAccepted', 'not all names are accepted');
    } else {
      set('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found');
      if (!established)
        set('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted');
    }
    const acceptedNames = conflict ? definition.status.acceptedNames : definition.spec.names;
    const status = { ...definition.status, conditions, acceptedNames };
    if (!same(status, definition.status)) client.update({ ...definition, status }, { subresource: 'status' });
    if (!conflict || established) serve(definition);
  };

  const cleanUp = (definition: KubeObject): void => {
    const { metadata, spec } = definition;
    if (!metadata.finalizers?.includes(CLEANUP)) return;
    const table = store.table(spec.group, spec.names.plural);
    const [kind] = served.get(metadata.name)?.kinds ?? [];
    for (const object of [...table.list()]) {
      if (object.metadata.deletionTimestamp !== undefined || !kind) continue;
      const { name, namespace = '' } = object.metadata;
      api.delete({ kind, namespace, name }, { propagationPolicy: 'Background' }, {});
    }
    if (kind && table.size > 0) return;
    withdraw(metadata.name);
    const finalizers = metadata.finalizers.filter((each) => each !== CLEANUP);
    client.update({ ...definition, metadata: { ...metadata, finalizers } });
  };

  const queue = workQueue<string>(look);
  const unwatch = store.onChange((table, old, object) => {
    const { name } = (object ?? old)!.metadata;
    if (table.group === APIEXTENSIONS && table.plural === PLURAL) {
      // Its kind is served from the first moment: a client that creates objects at once is not told 404.
      if (object && object.metadata.deletionTimestamp === undefined && !conflictOf(object)) serve(object);
      queue.add(name);
    } else if (object === undefined && served.has(`${table.plural}.${table.group}`)) {
      queue.add(`${table.plural}.${table.group}`);
    }
  });
  return () => {
    unwatch();
    queue.stop();
  };
}
