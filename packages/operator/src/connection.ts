import { oneLine } from '@forkspacer/contract';
import { connect, find, type Kube } from '@forkspacer/kube';
import { parse } from 'yaml';
import { ownKubeconfig, type PortableKubeconfig } from './kubeconfig.ts';
import type { OperatorOptions, Patience } from './options.ts';
import type { WorkspaceObject } from './resources.ts';

/** A Workspace's cluster cannot be reached as its spec says. `heals`: it may without a change of the Workspace. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly reason: string;
  readonly heals: boolean;

  constructor(reason: string, message: string, heals: boolean, cause?: unknown) {
    super(oneLine(message), cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.heals = heals;
  }
}

interface Context {
  kube: Kube;
  kubeconfig: OperatorOptions['kubeconfig'];
  patience: Pick<Patience, 'connection'>;
}

/** The kubeconfig of a Workspace's cluster. Throws a ConnectionError. */
export async function workspaceKubeconfig(
  workspace: WorkspaceObject,
  { kube, kubeconfig }: Context,
): Promise<PortableKubeconfig> {
  const { type = 'kubernetes', connection = {} } = workspace.spec;
  if (type !== 'kubernetes') {
    throw new ConnectionError(
      'ManagedNotSupported',
      `spec.type: expected kubernetes, found ${type}: this operator makes no clusters; connect an existing one`,
      false,
    );
  }
  if (connection.type !== 'kubeconfig') return ownKubeconfig(kubeconfig);

  const reference = connection.secretReference;
  if (!reference) {
    throw new ConnectionError(
      'NoSecret',
      'spec.connection.secretReference: expected the Secret that holds the kubeconfig, found nothing',
      false,
    );
  }
  const { name, namespace = 'default', key = 'kubeconfig' } = reference;
  const secret = await find(kube, { apiVersion: 'v1', kind: 'Secret', name, namespace });
  const what = `spec.connection.secretReference: Secret ${namespace}/${name}`;
  if (!secret) throw new ConnectionError('NoSecret', `${what}: expected to be there, found nothing`, true);
  const data = (secret.data as Record<string, string> | undefined)?.[key];
  if (!data) {
    throw new ConnectionError(
      'NoSecret',
      `${what}: expected a kubeconfig under the key ${key}, found nothing`,
      true,
    );
  }
  const text = Buffer.from(data, 'base64').toString('utf8');
  const foreign = whatIsNotInIt(text);
  if (foreign) {
    throw new ConnectionError(
      'UnsafeKubeconfig',
      `${what}: expected a kubeconfig that holds its credentials, found ${foreign}`,
      true,
    );
  }
  return { text, serviceAccount: false };
}

/** Read here, a path would give away the operator's own files (its token, to any server), and exec runs a command. */
const POINTERS = [
  'tokenFile',
  'token-file',
  'client-certificate',
  'client-key',
  'certificate-authority',
  'exec',
  'auth-provider',
];

function whatIsNotInIt(text: string): string | undefined {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch {
    return 'text that is no YAML';
  }
  const { users, clusters } = (raw ?? {}) as { users?: unknown; clusters?: unknown };
  for (const entry of [users, clusters].flat() as (
    | { user?: object; cluster?: object }
    | null
    | undefined
  )[]) {
    const held = { ...entry?.user, ...entry?.cluster };
    const pointer = POINTERS.find((field) => field in held);
    if (pointer) return pointer;
  }
  return undefined;
}

/** Asks the Workspace's API server for its version. Throws a ConnectionError. */
export async function verifyConnection(
  workspace: WorkspaceObject,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const { text } = await workspaceKubeconfig(workspace, context);
  let cluster: Kube | undefined;
  try {
    cluster = connect({
      kubeconfig: { text },
      fieldManager: 'forkspacer-operator',
      signal,
      timeout: context.patience.connection,
      deadline: Date.now() + context.patience.connection,
    });
    await cluster.request({ method: 'GET', path: '/version' });
  } catch (error) {
    throw new ConnectionError(
      'Unreachable',
      `the workspace's cluster: ${(error as Error).message}`,
      true,
      error,
    );
  } finally {
    cluster?.close();
  }
}
