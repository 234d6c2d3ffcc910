import type { ConfigDeclaration } from '@forkspacer/contract';
import type { Kube } from '@forkspacer/kube';
import type { ModuleDefinition } from '@forkspacer/sdk';
import type { Stage } from './stage.ts';

/** A config.json, as a user would write it. */
export type RawConfig = Record<string, unknown>;

export interface ModuleTestOptions {
  /** A config that installs. Where the module has a field `namespace`, each test puts a fresh one there. */
  config: RawConfig;
  /** Makes what has to be in the namespace before an install. */
  prepare?(kube: Kube, namespace: string): Promise<unknown>;
  /**
   * Kinds of which an uninstall with this config keeps objects (`PersistentVolumeClaim`, `Secret`): they, and the anchor
   * that lists them as retained, are not counted as left behind.
   */
  retains?: readonly string[];
  /** The config of another instance; needed only by a module that has no `namespace` in its identity. */
  otherConfig?: RawConfig;
  /** What is told of this module alone, by sentence: each runs on a stage of its own, on every cluster. */
  stories?: Record<string, (stage: Stage) => Promise<void>>;
  /** The module's source; default: `module.ts` beside the test that calls. */
  file?: string;
}

/** What a check is run against. */
export interface Subject {
  module: ModuleDefinition;
  options: ModuleTestOptions;
  /** The text of a kubeconfig that may do everything. */
  kubeconfig: string;
  /** The module's source. */
  file: string;
}

/** One thing that a module is held to. */
export interface Check {
  /** A sentence. */
  title: string;
  /** Rejects when the module does not do it. */
  run(subject: Subject): Promise<void>;
}

export interface Group {
  title: string;
  checks: Check[];
}

/** A definition of any config as the suite takes it. */
export function anyModule<D extends ConfigDeclaration>(module: ModuleDefinition<D>): ModuleDefinition {
  return module as unknown as ModuleDefinition;
}
