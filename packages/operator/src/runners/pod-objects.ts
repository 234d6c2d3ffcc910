import { LABELS } from '@forkspacer/contract';
import type { KubeObject } from '@forkspacer/kube';
import { type RunnerSpec, runnerNames } from './runner.ts';

/** On everything of a runner: whose it is. Not the instance label: a module prunes by that. */
export const MODULE_UID = 'forkspacer.com/module-uid';
const MANAGED_BY = 'forkspacer-operator';
/** Every runner's objects. */
export const SELECTOR = `${LABELS.managedBy}=${MANAGED_BY},${MODULE_UID}`;
/** On the Pod: what it was made from. */
export const RUNNER_HASH = 'forkspacer.com/runner-hash';
/** On the Pod: `namespace/name` of its Module. */
export const RUNNER_OF = 'forkspacer.com/runner-of';

/** As in the images' own Dockerfiles; a module needs no other. */
const USER = 65_532;
const PORT = 8080;

interface Place {
  namespace: string;
  hash: string;
  serviceAccount: string | undefined;
}

/**
 * What the real operator makes for a runner, and what it leaves out: probes, limits and a securityContext. The
 * kubelet starts a container again that ended, in the same Pod, and the Secret stays for it.
 */
export function runnerObjects(
  spec: RunnerSpec,
  { namespace, hash, serviceAccount }: Place,
): { secret: KubeObject; service: KubeObject; pod: KubeObject } {
  const { runnerPodName: name, runnerPodUniqueLabel } = runnerNames(spec.uid);
  const labels = {
    [LABELS.managedBy]: MANAGED_BY,
    [MODULE_UID]: spec.uid,
    [LABELS.runner]: runnerPodUniqueLabel,
  };
  const data = Object.fromEntries(
    Object.entries(spec.files).map(([file, text]) => [file, Buffer.from(text).toString('base64')]),
  );
  const listening = { tcpSocket: { port: PORT } };
  const env = [
    { name: 'PORT', value: String(PORT) },
    { name: 'FORKSPACER_INSTANCE', value: spec.uid },
    ...(spec.files.controller_kubeconfig === undefined
      ? []
      : [{ name: 'KUBECONFIG', value: '/forkspacer/controller_kubeconfig' }]),
  ];
  return {
    secret: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, type: 'Opaque', data },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: {
        selector: { [LABELS.runner]: runnerPodUniqueLabel },
        ports: [{ name: 'http', port: 80, targetPort: PORT, protocol: 'TCP' }],
      },
    },
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels,
        annotations: { [RUNNER_HASH]: hash, [RUNNER_OF]: spec.module },
      },
      spec: {
        restartPolicy: 'Always',
        automountServiceAccountToken: serviceAccount !== undefined,
        ...(serviceAccount ? { serviceAccountName: serviceAccount } : {}),
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 15,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: USER,
          runAsGroup: USER,
          fsGroup: USER,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        imagePullSecrets: spec.imagePullSecrets.map((secret) => ({ name: secret })),
        containers: [
          {
            name: 'runner',
            image: spec.image,
            env,
            ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
            // Only readiness asks for /health: a module that calls itself unhealthy is not better off restarted.
            startupProbe: { ...listening, periodSeconds: 1, failureThreshold: 120 },
            livenessProbe: { ...listening, periodSeconds: 10, failureThreshold: 6 },
            readinessProbe: { httpGet: { path: '/health', port: PORT }, periodSeconds: 5, timeoutSeconds: 3 },
            resources: {
              requests: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '500Mi' },
              limits: { memory: '512Mi', 'ephemeral-storage': '5Gi' },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'forkspacer', mountPath: '/forkspacer', readOnly: true },
              { name: 'tmp', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [
          { name: 'forkspacer', secret: { secretName: name, defaultMode: 0o440 } },
          { name: 'tmp', emptyDir: {} },
        ],
      },
    },
  };
}
