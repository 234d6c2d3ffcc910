import type { KubeObject } from '@forkspacer/kube';

/** What the demo parks, and what each is by day and by night: its replicas, or whether it is suspended. */
export const workloads = [
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', awake: '3', asleep: '0' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'database', awake: '2', asleep: '0' },
  { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', awake: 'active', asleep: 'suspended' },
] as const;

/** A small application as a team would have it: a web server, a database with a volume, a nightly report. */
export function application(namespace: string): KubeObject[] {
  const labels = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' });
  const meta = (name: string) => ({ name, namespace, labels: labels(name) });
  const pod = (name: string, image: string) => ({
    metadata: { labels: labels(name) },
    spec: {
      containers: [
        {
          name,
          image,
          resources: { requests: { cpu: '100m', memory: '128Mi' } },
          ...(name === 'database' ? { volumeMounts: [{ name: 'data', mountPath: '/data' }] } : {}),
        },
      ],
    },
  });
  const selector = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta('web'),
      spec: { replicas: 3, selector: selector('web'), template: pod('web', 'registry.k8s.io/pause:3.10') },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta('database'),
      spec: { clusterIP: 'None', selector: labels('database'), ports: [{ name: 'sql', port: 5432 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: meta('database'),
      spec: {
        replicas: 2,
        serviceName: 'database',
        podManagementPolicy: 'Parallel',
        selector: selector('database'),
        template: pod('database', 'registry.k8s.io/pause:3.10'),
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: meta('report'),
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [{ name: 'report', image: 'registry.k8s.io/pause:3.10' }],
              },
            },
          },
        },
      },
    },
  ];
}
