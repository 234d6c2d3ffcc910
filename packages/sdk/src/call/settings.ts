import type { Times } from '../times.ts';

/** Where a verb finds what it needs. */
export interface Settings {
  /** Holds config.json and, with permission `workspace`, workspace_kubeconfig. */
  dir: string;
  version: string;
  /** FORKSPACER_INSTANCE. */
  instance?: string | undefined;
  hostname: string;
  times: Times;
  /** LOG_LEVEL. */
  level?: string | undefined;
  /** Where lines of the log go; default: standard output. */
  write?: ((line: string) => void) | undefined;
}
