import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { OperatorOptions } from './options.ts';

/** A kubeconfig for someone else's use. */
export interface PortableKubeconfig {
  text: string;
  /** It refers to the token of the service account of the Pod it is used in. */
  serviceAccount: boolean;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

interface Named {
  name: string;
}

interface Raw {
  'current-context'?: string;
  contexts?: (Named & { context: { cluster: string; user?: string; namespace?: string } })[];
  clusters?: (Named & { cluster: Record<string, unknown> })[];
  users?: (Named & { user: Record<string, unknown> })[];
}

/**
 * The operator's own kubeconfig in a form that works elsewhere: the current context only, and files' contents in
 * place of their paths. In a cluster the token stays a path, so that its rotation is followed (the real operator
 * copies the token, which answers 401 after its next rollout).
 */
export async function ownKubeconfig(source: OperatorOptions['kubeconfig']): Promise<PortableKubeconfig> {
  if (source === 'in-cluster') return { text: await inCluster(), serviceAccount: true };
  const text = 'text' in source ? source.text : await readFile(source.file, 'utf8');
  const base = 'file' in source ? dirname(resolve(source.file)) : process.cwd();
  const raw = parse(text) as Raw;
  const context = raw.contexts?.find(({ name }) => name === raw['current-context']);
  const cluster = raw.clusters?.find(({ name }) => name === context?.context.cluster);
  if (!context || !cluster)
    throw new Error("expected the operator's kubeconfig to have a current-context and its cluster");
  const user = raw.users?.find(({ name }) => name === context.context.user);
  return {
    text: kubeconfig(
      await withFiles(cluster.cluster, base, ['certificate-authority']),
      user && (await withFiles(user.user, base, ['client-certificate', 'client-key'])),
      context.context.namespace,
    ),
    serviceAccount: false,
  };
}

async function inCluster(): Promise<string> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  const ca = await readFile(join(SERVICE_ACCOUNT, 'ca.crt'));
  return kubeconfig(
    {
      server: `https://${host?.includes(':') ? `[${host}]` : host}:${port}`,
      'certificate-authority-data': ca.toString('base64'),
    },
    { tokenFile: join(SERVICE_ACCOUNT, 'token') },
    undefined,
  );
}

/** The service account that the operator itself runs as, in a cluster. */
export async function ownServiceAccount(): Promise<{ namespace: string; name: string } | undefined> {
  try {
    const token = await readFile(join(SERVICE_ACCOUNT, 'token'), 'utf8');
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string };
    const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(sub)!;
    return { namespace: namespace!, name: name! };
  } catch {
    return undefined;
  }
}

async function withFiles(entry: Record<string, unknown>, base: string, fields: string[]) {
  const whole = { ...entry };
  for (const field of fields) {
    const path = whole[field];
    if (typeof path !== 'string' || path === '') continue;
    whole[`${field}-data`] ??= (await readFile(resolve(base, path))).toString('base64');
    delete whole[field];
  }
  // Read by whoever uses the kubeconfig, from where it is: a relative path would not be found.
  if (typeof whole.tokenFile === 'string') whole.tokenFile = resolve(base, whole.tokenFile);
  return whole;
}

function kubeconfig(cluster: object, user: object | undefined, namespace: string | undefined): string {
  const name = 'workspace';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace ? { namespace } : {}) } }],
    clusters: [{ name, cluster }],
    users: [{ name, user: user ?? {} }],
  });
}
