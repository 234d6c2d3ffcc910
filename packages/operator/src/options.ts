import type { ModulePhase, Verb, WorkspacePhase } from '@forkspacer/contract';
import type { Clock } from './clock.ts';
import type { Backoff } from './queue.ts';

export type Log = (fields: Record<string, unknown>, message: string) => void;

/** One call to a runner, told when it has ended. */
export interface CallReport {
  /** `namespace/name` */
  module: string;
  verb: Verb;
  /** The HTTP status; 0 when no answer came. */
  status: number;
  ms: number;
  /** Why it did not succeed, in one line. */
  error?: string;
}

/** A phase that a Module or a Workspace has come to. */
export interface PhaseReport {
  kind: 'Module' | 'Workspace';
  /** `namespace/name` */
  name: string;
  phase: ModulePhase | WorkspacePhase;
  message: string;
}

export interface OperatorOptions {
  /** The cluster where Modules and Workspaces are; also what `connection.type` in-cluster and local mean. */
  kubeconfig: { file: string } | { text: string } | 'in-cluster';
  /** `process`: local processes, the cluster may be without nodes. `pods`: as the real operator. */
  runners: 'process' | 'pods';
  /** For `process`: the command that stands for an image. Throws, or gives `[]`, when there is none. */
  resolveImage?: (image: string) => string[] | Promise<string[]>;
  /** Where runner Pods, their Secrets and Services are, and where imagePullSecrets are looked for. */
  namespace?: string;
  /** Only Modules and Workspaces of this namespace; default all. Two operators on one cluster must not share any. */
  watchNamespace?: string;
  log?: Log;
  onCall?: (call: CallReport) => void;
  onPhase?: (phase: PhaseReport) => void;
  /** What `supportedOperatorVersion` is compared with; default 0.1.24. */
  operatorVersion?: string;
  /** Where runner processes have their folders; default one of this user's own under the temporary folder. */
  directory?: string;
  /** For tests: time, and how patient the operator is. */
  clock?: Clock;
  patience?: Partial<Patience>;
}

/** How long things may take, in ms. */
export interface Patience {
  /** Between a failed call and its repetition. */
  calls: Backoff;
  /** Between a reconcile that failed (the API server is away, a conflict) and the next. */
  reconciles: Backoff;
  /** One call to a runner. A module may work long; a day is no answer any more. */
  call: number;
  /** A running call, once its Module is to be deleted. Then its runner is ended. */
  callOfDeleted: number;
  /** A running call, once the operator is to stop. */
  callAtStop: number;
  /** Until a runner listens. */
  runnerStart: number;
  /** Until a Workspace's API server answers. */
  connection: number;
  /** Fetching `source.httpURL`. */
  fetch: number;
}

export const PATIENCE: Patience = {
  calls: { min: 2000, max: 300_000 },
  reconciles: { min: 200, max: 60_000 },
  call: 24 * 3_600_000,
  callOfDeleted: 30_000,
  callAtStop: 10_000,
  runnerStart: 120_000,
  connection: 10_000,
  fetch: 15_000,
};
