/** Group and version of Module and Workspace. */
export const API_VERSION = 'batch.forkspacer.com/v1';

/** The finalizer that the operator keeps on a Module and a Workspace until it is cleaned up. */
export const FINALIZER = 'delete';

/** Names on the objects that modules make and change. */
export const LABELS = Object.freeze({
  /** The instance that owns the object. */
  instance: 'forkspacer.com/instance',
  /** The module that made it. */
  module: 'forkspacer.com/module',
  managedBy: 'app.kubernetes.io/managed-by',
  /** On a runner's Pod, unique for it; its Service selects by it. */
  runner: 'forkspacer.com',
});

/** The value of `app.kubernetes.io/managed-by` on everything we make. */
export const MANAGED_BY = 'forkspacer-modules';

export const ANNOTATIONS = Object.freeze({
  /** On a parked object: what it was before, its uid and the night, written with the change itself. */
  baseline: 'forkspacer.com/baseline',
  /** On a Module: the operator's state, see ManagerData. */
  managerData: 'forkspacer.com/manager-data',
  /** On an inline Module: the `metadata` of the Custom that it was made from, as JSON. */
  customMetadata: 'forkspacer.com/custom-metadata',
});

/** The JSON in annotation `forkspacer.com/manager-data` of a Module. */
export interface ManagerData {
  runnerPodName?: string;
  runnerPodUniqueLabel?: string;
  runnerServiceName?: string;
  /** What the module last returned. */
  innerMetaData?: Record<string, unknown>;
}
