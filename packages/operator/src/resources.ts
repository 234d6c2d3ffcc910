import {
  API_VERSION,
  type Module,
  type ModulePhase,
  type Workspace,
  type WorkspacePhase,
} from '@forkspacer/contract';
import type { KubeObject, ObjectRef } from '@forkspacer/kube';

/** A Module or Workspace as the server sends it, with the contract's types for what is ours. */
export type ModuleObject = KubeObject & Pick<Module, 'spec' | 'status' | 'config'>;
export type WorkspaceObject = KubeObject & Pick<Workspace, 'spec' | 'status'>;
export type Phase = ModulePhase | WorkspacePhase;

/** Lets go of a Module whose uninstall fails: it is deleted, and what it left stays. */
export const ABANDON = 'forkspacer.com/abandon';
/** On a Module: which spec its last successful install was of. */
export const INSTALLED_SPEC = 'forkspacer.com/installed-spec';
/** On a Module: the definition of its last successful install, as JSON. */
export const INSTALLED_DEFINITION = 'forkspacer.com/installed-definition';
/** On a Workspace with `from`: JSON by Module name, merged over that Module's spec.config in the copy. */
export const CONFIG_OVERRIDES = 'forkspacer.com/config-overrides';
/** On a copied Module: `namespace/name` of the Module that it was copied from. */
export const COPIED_FROM = 'forkspacer.com/copied-from';
/** On a copied Module: the uid of the Workspace that it was copied for. */
export const COPIED_FOR = 'forkspacer.com/copied-for';
/** On a Workspace with autoHibernation: until when its schedules have been followed. */
export const SCHEDULE_STATE = 'forkspacer.com/schedule-state';

/** `namespace/name`, the key of queues and caches and the name for people. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

export function refOfKey(kind: 'Module' | 'Workspace', key: string): ObjectRef {
  const [namespace, name] = key.split('/') as [string, string];
  return { apiVersion: API_VERSION, kind, namespace, name };
}

export function workspaceKeyOf(module: ModuleObject): string {
  const { name, namespace = 'default' } = module.spec.workspace;
  return `${namespace}/${name}`;
}

export function deleting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
