import { LABELS, MANAGED_BY } from '@forkspacer/contract';
import type { Kube } from './connect.ts';
import type { KubeObject } from './object.ts';

/** Whether this handle's instance made the object: its label says so. A handle without an instance owns nothing. */
export function isOurs(kube: Pick<Kube, 'instance' | 'module'>, object: KubeObject): boolean {
  const labels = object.metadata.labels ?? {};
  if (!kube.instance || labels[LABELS.instance] !== kube.instance) return false;
  return kube.module === undefined || labels[LABELS.module] === kube.module;
}

/** The labels that say whose an object is. */
export function ownLabels(kube: Pick<Kube, 'instance' | 'module'>): Record<string, string> {
  if (!kube.instance) return {};
  return {
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.instance]: kube.instance,
    ...(kube.module === undefined ? {} : { [LABELS.module]: kube.module }),
  };
}

/** Whose an object is, as an error tells it. */
export function ownerOf(object: KubeObject): string {
  const labels = object.metadata.labels ?? {};
  const instance = labels[LABELS.instance];
  if (instance)
    return `instance ${instance}${labels[LABELS.module] ? ` of module ${labels[LABELS.module]}` : ''}`;
  const controller = object.metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller) return `${controller.kind} ${controller.name}`;
  const managedBy = labels[LABELS.managedBy];
  return managedBy ? `${managedBy}` : 'someone else (it carries no instance label)';
}
