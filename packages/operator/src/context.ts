import type { Kube } from '@forkspacer/kube';
import type { Cache } from './cache.ts';
import type { Clock } from './clock.ts';
import type { Events } from './events.ts';
import type { CallReport, Log, OperatorOptions, Patience, PhaseReport } from './options.ts';
import type { ModuleObject, WorkspaceObject } from './resources.ts';
import type { Runners } from './runners/runner.ts';

/** What the reconcilers share. */
export interface Context {
  kube: Kube;
  kubeconfig: OperatorOptions['kubeconfig'];
  /** Of the runners. */
  namespace: string;
  /** Where Modules and Workspaces are looked for; undefined: everywhere. */
  watchNamespace: string | undefined;
  operatorVersion: string;
  modules: Pick<Cache<ModuleObject>, 'get' | 'values'>;
  workspaces: Pick<Cache<WorkspaceObject>, 'get' | 'values'>;
  runners: Runners;
  clock: Clock;
  patience: Patience;
  events: Events;
  log: Log;
  onCall(report: CallReport): void;
  onPhase(report: PhaseReport): void;
  /** Aborted when the operator is to stop. */
  stopSignal: AbortSignal;
}
