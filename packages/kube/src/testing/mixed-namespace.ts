import type { NewObject } from '../object.ts';

/** An object that runs, and what it is by night. */
export interface Example {
  /** As a test is named by it. */
  title: string;
  object: NewObject;
  /** Fields as they are asleep, by JSON pointer; null: not there. */
  asleep: Record<string, unknown>;
}

const pod = (name: string, restartPolicy?: string) => ({
  metadata: { labels: { app: name } },
  spec: {
    ...(restartPolicy && { restartPolicy }),
    containers: [
      {
        name: 'main',
        image: 'example.invalid/none:1',
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
      },
    ],
  },
});

function workload(apiVersion: string, kind: string, name: string, spec: object): NewObject {
  const selector = kind === 'ReplicationController' ? { app: name } : { matchLabels: { app: name } };
  return { apiVersion, kind, metadata: { name }, spec: { ...spec, selector, template: pod(name) } };
}

const annotated = (apiVersion: string, kind: string, name: string, spec: object, annotations?: object) => ({
  apiVersion,
  kind,
  metadata: { name, ...(annotations && { annotations: annotations as Record<string, string> }) },
  spec,
});

const COUNT = '/spec/replicas';
const annotation = (name: string) => `/metadata/annotations/${name.replaceAll('/', '~1')}`;
const PAUSED = annotation('autoscaling.keda.sh/paused');
const PAUSED_REPLICAS = annotation('autoscaling.keda.sh/paused-replicas');

/** Every kind that sleeps, beside each other as in a real namespace; none is ready, as on a cluster without nodes. */
export const EXAMPLES: Example[] = [
  {
    title: 'a Deployment',
    object: workload('apps/v1', 'Deployment', 'web', { replicas: 3, strategy: { type: 'Recreate' } }),
    asleep: { [COUNT]: 0 },
  },
  {
    title: 'a StatefulSet',
    object: workload('apps/v1', 'StatefulSet', 'store', {
      replicas: 2,
      serviceName: 'store',
      podManagementPolicy: 'Parallel',
    }),
    asleep: { [COUNT]: 0 },
  },
  {
    title: 'a ReplicaSet without an owner',
    object: workload('apps/v1', 'ReplicaSet', 'loose', { replicas: 2 }),
    asleep: { [COUNT]: 0 },
  },
  {
    title: 'a ReplicationController',
    object: workload('v1', 'ReplicationController', 'old', { replicas: 1 }),
    asleep: { [COUNT]: 0 },
  },
  {
    title: 'a DaemonSet',
    object: workload('apps/v1', 'DaemonSet', 'agent', {}),
    asleep: { '/spec/template/spec/nodeSelector': { 'forkspacer.com/asleep': 'true' } },
  },
  {
    title: 'a DaemonSet with a node selector',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'picky' },
      spec: {
        selector: { matchLabels: { app: 'picky' } },
        template: { ...pod('picky'), spec: { ...pod('picky').spec, nodeSelector: { disk: 'ssd' } } },
      },
    },
    asleep: { '/spec/template/spec/nodeSelector': { disk: 'ssd', 'forkspacer.com/asleep': 'true' } },
  },
  {
    title: 'a CronJob',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'report' },
      spec: { schedule: '0 3 1 1 *', jobTemplate: { spec: { template: pod('report', 'Never') } } },
    },
    asleep: { '/spec/suspend': true },
  },
  {
    title: 'a Job',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'import' },
      spec: { template: pod('import', 'Never') },
    },
    asleep: { '/spec/suspend': true },
  },
  {
    title: 'an Argo Rollout',
    object: workload('argoproj.io/v1alpha1', 'Rollout', 'canary', { replicas: 4 }),
    asleep: { [COUNT]: 0 },
  },
  {
    title: 'a kind with replicas at a path of its own',
    object: annotated('example.test/v1', 'Fleet', 'armada', { ships: { wanted: 7 } }),
    asleep: { '/spec/ships/wanted': 0 },
  },
  {
    title: 'a KEDA ScaledObject',
    object: annotated('keda.sh/v1alpha1', 'ScaledObject', 'web', {
      scaleTargetRef: { name: 'web' },
      maxReplicaCount: 9,
      triggers: [],
    }),
    asleep: { [PAUSED]: 'true', [PAUSED_REPLICAS]: null },
  },
  {
    title: 'a KEDA ScaledObject that was paused at a count',
    object: annotated(
      'keda.sh/v1alpha1',
      'ScaledObject',
      'store',
      { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'store' }, triggers: [] },
      { 'autoscaling.keda.sh/paused-replicas': '2', 'example.test/team': 'data' },
    ),
    asleep: { [PAUSED]: 'true', [PAUSED_REPLICAS]: null, [annotation('example.test/team')]: 'data' },
  },
  {
    title: 'a KEDA ScaledJob',
    object: annotated(
      'keda.sh/v1alpha1',
      'ScaledJob',
      'queue',
      { jobTargetRef: {}, triggers: [] },
      { 'autoscaling.keda.sh/paused': 'false' },
    ),
    asleep: { [PAUSED]: 'true' },
  },
  {
    title: 'a CloudNativePG Cluster',
    object: annotated('postgresql.cnpg.io/v1', 'Cluster', 'pg', { instances: 3, storage: { size: '1Gi' } }),
    asleep: { [annotation('cnpg.io/hibernation')]: 'on', '/spec/instances': 3 },
  },
  {
    title: 'an Argo CD Application',
    object: annotated('argoproj.io/v1alpha1', 'Application', 'shop', {
      project: 'default',
      syncPolicy: { automated: { selfHeal: true } },
    }),
    asleep: { [annotation('argocd.argoproj.io/skip-reconcile')]: 'true' },
  },
  {
    title: 'a Flux Kustomization',
    object: annotated('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'apps', {
      interval: '10m',
      prune: true,
    }),
    asleep: { '/spec/suspend': true },
  },
  {
    title: 'a Flux HelmRelease that says false',
    object: annotated('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'chart', {
      interval: '10m',
      suspend: false,
    }),
    asleep: { '/spec/suspend': true },
  },
  {
    title: 'a Knative Service that keeps Pods',
    object: annotated('serving.knative.dev/v1', 'Service', 'hello', {
      template: { metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '2' } }, spec: {} },
    }),
    asleep: {
      [`/spec/template/metadata/annotations/${'autoscaling.knative.dev/min-scale'.replace('/', '~1')}`]: '0',
    },
  },
];
