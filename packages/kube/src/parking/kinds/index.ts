import { argoApplication } from './argo-application.ts';
import { cloudNativePg } from './cloud-native-pg.ts';
import { cronJob } from './cron-job.ts';
import { daemonSet } from './daemon-set.ts';
import { deployment } from './deployment.ts';
import { helmRelease, kustomization } from './flux.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { job } from './job.ts';
import { scaledJob, scaledObject } from './keda.ts';
import type { Kind } from './kind.ts';
import { knativeService } from './knative-service.ts';
import { replicaSet } from './replica-set.ts';
import { replicationController } from './replication-controller.ts';
import { statefulSet } from './stateful-set.ts';

/** Every kind with rules of its own, in the order of a report. Other kinds with a scale subresource: scalable.ts. */
export const KINDS: readonly Kind[] = [
  argoApplication,
  kustomization,
  helmRelease,
  horizontalPodAutoscaler,
  scaledObject,
  scaledJob,
  deployment,
  statefulSet,
  daemonSet,
  replicaSet,
  replicationController,
  cloudNativePg,
  knativeService,
  cronJob,
  job,
];
