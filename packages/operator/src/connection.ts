import { oneLine } from '@forkspacer/contract';
import { connect, find, type Kube } from '@forkspacer/kube';
import { ownKubeconfig, type PortableKubeconfig } from './kubeconfig.ts';
import type { OperatorOptions } from './options.ts';
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
}

/** ms that a workspace's API server has to answer in. */
const ANSWER_WITHIN = 10_000;

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
  return { text: Buffer.from(data, 'base64').toString('utf8'), serviceAccount: false };
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
      timeout: ANSWER_WITHIN,
      deadline: Date.now() + ANSWER_WITHIN,
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
