import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../object.ts';
import { forbiddenError } from '../status.ts';
import type { Fields } from './fields.ts';
import type { Context } from './resource.ts';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';
/** Of nodes that come and go: how long a Pod stays bound to one. */
const UNREACHABLE_SECONDS = 300;

/** What the admission plugins ServiceAccount, DefaultTolerationSeconds and Priority put into a new Pod. */
export function admitPod(pod: KubeObject, context: Context): void {
  const { spec } = pod;
  admitAccount(pod, context);
  for (const condition of ['not-ready', 'unreachable']) tolerate(spec, `node.kubernetes.io/${condition}`);
  const priority = priorityClass(spec, context);
  spec.priority ??= priority?.value ?? 0;
  spec.preemptionPolicy ??= priority?.preemptionPolicy ?? 'PreemptLowerPriority';
}

function admitAccount({ spec, metadata }: KubeObject, context: Context): void {
  const accounts = { apiVersion: 'v1', kind: 'ServiceAccount' };
  const { namespace = '' } = metadata;
  const name = spec.serviceAccountName || 'default';
  const account = context.find({ ...accounts, name, namespace });
  // Without controllers nothing makes accounts, so none can be asked for.
  if (!account && context.list(accounts).length === 0) return;
  if (!account) {
    throw forbiddenError(
      { group: '', plural: 'pods' },
      metadata.name,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  }
  Object.assign(spec, { serviceAccountName: name, serviceAccount: name });
  if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec);
}

function priorityClass(spec: Fields, context: Context): KubeObject | undefined {
  const ref = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' };
  if (spec.priorityClassName) return context.find({ ...ref, name: spec.priorityClassName });
  const byDefault = context.list(ref).find(({ globalDefault }) => globalDefault);
  if (byDefault) spec.priorityClassName = byDefault.metadata.name;
  return byDefault;
}

function mountToken(spec: Fields): void {
  const name = `kube-api-access-${[...randomBytes(5)].map((byte) => SAFE[byte % SAFE.length]).join('')}`;
  let mounted = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    container.volumeMounts ??= [];
    if (container.volumeMounts.some((mount: Fields) => mount.mountPath === TOKEN_PATH)) continue;
    container.volumeMounts.push({ name, readOnly: true, mountPath: TOKEN_PATH });
    mounted = true;
  }
  if (!mounted) return;
  spec.volumes ??= [];
  spec.volumes.push({
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  });
}

function tolerate(spec: Fields, key: string): void {
  spec.tolerations ??= [];
  const tolerated = spec.tolerations.some(
    (t: Fields) => (!t.key || t.key === key) && (!t.effect || t.effect === 'NoExecute'),
  );
  if (tolerated) return;
  spec.tolerations.push({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: UNREACHABLE_SECONDS,
  });
}
