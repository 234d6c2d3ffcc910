import { createHash } from 'node:crypto';

/** What a runner is made from. Another one is another runner: it is replaced. */
export interface RunnerSpec {
  /** The Module's uid: the instance's identity, and what makes its runner's names unique. */
  uid: string;
  /** `namespace/name` of the Module, for people. */
  module: string;
  image: string;
  imagePullSecrets: string[];
  /** What FORKSPACER_DIR holds, by file name. */
  files: Record<string, string>;
  /** Permission `controller`: the runner has the operator's own rights. */
  controller: boolean;
  /** The files refer to the Pod's service account, so it has to have one. */
  serviceAccount: boolean;
}

/** Where a runner listens. */
export interface Runner {
  /** `http://host:port` */
  url: string;
  /** It was there before this operator began: a call of the operator before may still be running in it. */
  adopted: boolean;
}

/** How the real operator names a runner; kept in the Module's manager data. */
export interface RunnerNames {
  runnerPodName: string;
  runnerPodUniqueLabel: string;
  runnerServiceName: string;
}

/** A way to run images. Each Module has one runner, kept from its install until its uninstall. */
export interface Runners {
  /** Finds the Module's runner, or starts one; resolves when it listens. Throws a RunnerError. */
  ensure(spec: RunnerSpec, signal: AbortSignal): Promise<Runner>;
  /** Whether the Module's runner is there and has not ended. */
  alive(uid: string): boolean;
  /** Ends the Module's runner and waits until it is gone. Without one, nothing. */
  stop(uid: string): Promise<void>;
  /** Ends runners whose Modules are gone: left by an operator that was killed. */
  sweep(exists: (uid: string) => boolean): Promise<void>;
  /** Ends what must not outlive the operator. */
  close(): Promise<void>;
}

/** A runner did not come up. The message is one line that may be shown. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError';
}

/** Says `module` (namespace/name) when a runner ended that nobody stopped, and how often that has happened lately. */
export type OnExit = (module: string, times: number) => void;

/** Names that no other Module can have: the uid is in them. (The real operator's hold a second: forks share them.) */
export function runnerNames(uid: string): RunnerNames {
  const name = `custom-manager-runner-${uid}`;
  return { runnerPodName: name, runnerPodUniqueLabel: name, runnerServiceName: name };
}

export function specHash(spec: RunnerSpec): string {
  const files = Object.entries(spec.files).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([spec.image, spec.imagePullSecrets, files, spec.controller, spec.serviceAccount]))
    .digest('hex')
    .slice(0, 32);
}
