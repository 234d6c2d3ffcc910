import type { Client } from '../client.ts';
import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { matchesLabels, requirementsOf } from '../selectors.ts';
import { clone } from '../store/freeze.ts';
import { controlledBy, controllerOf, type Kind, refOf } from './controller.ts';

export const POD: Kind = { apiVersion: 'v1', kind: 'Pod' };

export function isActive({ metadata, status }: KubeObject): boolean {
  return metadata.deletionTimestamp === undefined && !isFinished(status);
}

export function isTerminating({ metadata, status }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && !isFinished(status);
}

function isFinished(status: Fields): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

export function isReady({ status }: KubeObject): boolean {
  return Boolean(readyCondition(status));
}

/** Ready for at least so many seconds. */
export function isAvailable({ status }: KubeObject, minReadySeconds: number, time: number): boolean {
  const ready = readyCondition(status);
  if (!ready) return false;
  return minReadySeconds === 0 || Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 <= time;
}

function readyCondition(status: Fields): Fields {
  return status?.conditions?.find((c: Fields) => c.type === 'Ready' && c.status === 'True');
}

/** A Pod as a controller makes it of a template, for `create`. */
export function podFrom(template: Fields, owner: KubeObject, generateName: string): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    ...POD,
    metadata: {
      name: '',
      generateName,
      namespace: owner.metadata.namespace!,
      ...(labels ? { labels: clone(labels) } : {}),
      ...(annotations ? { annotations: clone(annotations) } : {}),
      ...(finalizers ? { finalizers: [...finalizers] } : {}),
      ownerReferences: [controlledBy(owner)],
    },
    spec: clone(template.spec),
  };
}

/**
 * What an owner's selector claims of a kind: its own, those without a controller are adopted, and its own that no
 * longer fit are let go.
 */
export function claim(client: Client, owner: KubeObject, selector: Fields, kind: Kind): KubeObject[] {
  const { namespace, uid } = owner.metadata;
  const requirements = requirementsOf(selector);
  const claimed: KubeObject[] = [];
  for (const object of client.list({ ...kind, ...(namespace ? { namespace } : {}) })) {
    const controller = controllerOf(object);
    const fits = matchesLabels(requirements, object.metadata.labels);
    if (controller) {
      if (controller.uid !== uid) continue;
      if (fits) claimed.push(object);
      else if (owner.metadata.deletionTimestamp === undefined) release(client, object, uid!);
    } else if (fits && !object.metadata.deletionTimestamp && !owner.metadata.deletionTimestamp) {
      const ownerReferences = [...(object.metadata.ownerReferences ?? []), controlledBy(owner)];
      claimed.push(client.patch(refOf(object), { metadata: { ownerReferences } }, { type: 'merge' }));
    }
  }
  return claimed;
}

function release(client: Client, object: KubeObject, uid: string): void {
  const kept = object.metadata.ownerReferences!.filter((reference) => reference.uid !== uid);
  client.patch(
    refOf(object),
    { metadata: { ownerReferences: kept.length > 0 ? kept : null } },
    { type: 'merge' },
  );
}
