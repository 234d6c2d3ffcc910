import type { ConfigDeclaration, ConfigOf } from '@forkspacer/contract';
import type { Kube, ObjectRef } from '@forkspacer/kube';
import type { Anchor } from '../anchor/anchor.ts';
import type { Log, ModuleDefinition } from '../define-module.ts';
import type { Call } from './call.ts';
import { say } from './event.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

/** What the steps of one call share. */
export interface Scope {
  definition: ModuleDefinition;
  call: Call;
  settings: Settings;
  config: ConfigOf<ConfigDeclaration>;
  /** The anchor, and how it is named to people. */
  ref: ObjectRef;
  here: string;
  /** For the anchor's sake; verbs get one of their own. */
  kube: Kube;
  secrets: Secrets;
  log: Log;
  controller: AbortController;
}

/** Says on the cluster, beside the anchor, what its owner should know. */
export function announce(
  { kube, ref, definition, settings, log }: Scope,
  { uid }: Anchor,
  event: { reason: string; note: string; type: 'Normal' | 'Warning' },
): Promise<void> {
  return say(kube, { ...ref, uid }, { ...event, module: definition.name, host: settings.hostname }, log);
}
