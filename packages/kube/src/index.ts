export { type ApplyOptions, apply } from './apply.ts';
export {
  type ConnectOptions,
  connect,
  type Kube,
  type KubeOptions,
  type KubeRequest,
  type Query,
} from './connect.ts';
export { create } from './create.ts';
export { KubeError } from './error.ts';
export { credentialsIn, type KubeconfigSource } from './kubeconfig.ts';
export { list, type Selection } from './list.ts';
export {
  type KubeObject,
  type ManagedFieldsEntry,
  type NewObject,
  nameOf,
  type ObjectMeta,
  type ObjectRef,
  type OwnerReference,
  refOf,
} from './object.ts';
export { isOurs, ownerOf, ownLabels } from './own.ts';
export { EXCLUDE, EXCLUDE_UNTIL } from './parking/exclusion.ts';
export { type Change, ParkingError, type Report, type ReportItem } from './parking/report.ts';
export type { Requests } from './parking/requests.ts';
export { SLEEP_ORDER, type StepOptions } from './parking/steps.ts';
export type { Target } from './parking/targets.ts';
export { type PatchOptions, patch } from './patch.ts';
export { find, read } from './read.ts';
export { isObserved, waitGone, waitReady } from './ready.ts';
export { type RemoveOptions, remove } from './remove.ts';
export type { Call, Log } from './retry.ts';
export { planSleep, type SleepOptions, sleep } from './sleep.ts';
export { type WaitOptions, waitFor } from './wait.ts';
export { planWake, type WakeOptions, wake } from './wake.ts';
export { type WatchEvent, type WatchOptions, watch } from './watch.ts';
