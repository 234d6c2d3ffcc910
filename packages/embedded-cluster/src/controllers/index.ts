import { accounts } from './accounts.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { cronJobs } from './cronjob.ts';
import { daemonSets } from './daemonset.ts';
import { deployments } from './deployment.ts';
import { endpoints } from './endpoints.ts';
import { jobs } from './job.ts';
import { kubelet } from './kubelet.ts';
import { replicaSets } from './replicaset.ts';
import { scheduler } from './scheduler.ts';
import { statefulSets } from './statefulset.ts';
import { claims, standardClass, volumes } from './volumes.ts';

const controllers: Controller[] = [
  accounts,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  endpoints,
  claims,
  volumes,
  scheduler,
];

/** What kube-controller-manager and kube-scheduler do; with `kubelet`, a node too. Returns how to stop. */
export function startControllers(options: ControllerOptions): () => void {
  options.client.create(standardClass);
  const stops = [...controllers, ...(options.kubelet ? [kubelet] : [])].map((start) => start(options));
  return () => {
    for (const stop of stops) stop();
  };
}
