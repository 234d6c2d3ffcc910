import type { CustomConfigEntry, ModuleConfigEntry } from './config-lists.ts';

/**
 * Which form of operator a Module is written for: `plugin` (up to 0.1.7), `resource` (0.1.8 to 0.1.20, a Custom behind
 * `spec.source`) or `inline` (from 0.1.21, `spec.custom`).
 */
export type Generation = 'plugin' | 'resource' | 'inline';

/** What a runner may reach: the target workspace's cluster, or the operator's own with its service account. */
export type Permission = 'workspace' | 'controller';

export interface ObjectMeta {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  [field: string]: unknown;
}

export interface Reference {
  name: string;
  /** default `default` */
  namespace?: string;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** How a container is run: `spec.custom` of an inline Module, `spec` of an era-2 Custom. */
export interface ContainerCode {
  image: string;
  imagePullSecrets?: string[];
  permissions?: Permission[];
}

/** A plugin file: `spec` of an era-1 Custom. A ConfigMap holds it under the key `plugin`. */
export interface PluginCode {
  repo: { file?: string; configMap?: Reference };
}

export interface CustomMetadata {
  name?: string;
  version?: string;
  /** A Masterminds/semver constraint; era 2 installs nothing without it. */
  supportedOperatorVersion?: string;
  description?: string;
  author?: string;
  category?: string;
  [field: string]: unknown;
}

/** `kind: Custom`: what a Module's `spec.source` holds or points to. No Kubernetes object: it has no apiVersion. */
export interface Custom {
  kind: 'Custom';
  metadata?: CustomMetadata;
  /** Absent: nothing is known of the config, and any is taken. */
  config?: CustomConfigEntry[];
  spec: (ContainerCode & { repo?: undefined }) | (PluginCode & { image?: undefined });
}

/** One of these names a Custom; the last two are Helm's, which we do not run. */
export interface ModuleSource {
  raw?: Record<string, unknown>;
  httpURL?: string;
  configMap?: Reference & { key?: string };
  existingHelmRelease?: Record<string, unknown>;
  github?: Record<string, unknown>;
}

export interface ModuleSpec {
  workspace: Reference;
  config?: Record<string, unknown>;
  hibernated?: boolean;
  source?: ModuleSource;
  custom?: ContainerCode;
  helm?: Record<string, unknown>;
  /** Known to 0.1.20 only. */
  createNamespace?: boolean;
}

export type ModulePhase =
  | 'ready'
  | 'installing'
  | 'uninstalling'
  | 'sleeping'
  | 'sleeped'
  | 'resuming'
  | 'failed';

export interface ModuleStatus {
  phase?: ModulePhase;
  source?: string;
  message?: string;
  lastActivity?: string;
  conditions?: Condition[];
}

/** A Module of any generation. Fields that are not known here are kept. */
export interface Module {
  apiVersion: 'batch.forkspacer.com/v1';
  kind: 'Module';
  metadata: ObjectMeta;
  /** Inline only. */
  config?: ModuleConfigEntry[];
  spec: ModuleSpec;
  status?: ModuleStatus;
}

export interface WorkspaceConnection {
  type?: 'in-cluster' | 'local' | 'kubeconfig';
  /** A Secret that holds a kubeconfig under `key` (default `kubeconfig`). */
  secretReference?: Reference & { key?: string };
}

export interface WorkspaceSpec {
  type?: 'kubernetes' | 'managed';
  connection?: WorkspaceConnection;
  managedCluster?: { backend?: 'vcluster' | 'k3d' | 'kind'; distro?: 'k3s' | 'k0s' | 'k8s' | 'eks' };
  /** The workspace that this one is forked from. */
  from?: Reference & { migrateData?: boolean };
  hibernated?: boolean;
  /** Cron, five or six fields (seconds first) or a descriptor such as `@daily`. */
  autoHibernation?: { enabled?: boolean; schedule: string; wakeSchedule?: string };
}

export type WorkspacePhase = 'ready' | 'installing' | 'hibernated' | 'failed' | 'terminating';

export interface WorkspaceStatus {
  phase?: WorkspacePhase;
  ready?: boolean;
  message?: string;
  lastActivity?: string;
  hibernatedAt?: string;
  conditions?: Condition[];
}

export interface Workspace {
  apiVersion: 'batch.forkspacer.com/v1';
  kind: 'Workspace';
  metadata: ObjectMeta;
  spec: WorkspaceSpec;
  status?: WorkspaceStatus;
}
