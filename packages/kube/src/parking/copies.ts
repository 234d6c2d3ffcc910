import { ANNOTATIONS } from '@forkspacer/contract';
import type { Kube } from '../connect.ts';
import { KubeError } from '../error.ts';
import { list } from '../list.ts';
import { type KubeObject, refOf } from '../object.ts';
import { patch } from '../patch.ts';
import { bounded } from './bounded.ts';

const WIDTH = 16;

/**
 * Takes the copies of baselines off the ReplicaSets of Deployments. The controller, which made them by night and has
 * seen by now that the Deployments carry none, does not make them again.
 *
 * They are void and harmless: where ReplicaSets are not ours to see, they stay.
 */
export async function removeCopies(kube: Kube, deployments: KubeObject[]): Promise<void> {
  const uids = new Set(deployments.map(({ metadata }) => metadata.uid));
  const namespace = deployments[0]?.metadata.namespace;
  try {
    const { items } = await list(kube, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      ...(namespace && { namespace }),
    });
    const copies = items.filter(
      ({ metadata }) =>
        metadata.annotations?.[ANNOTATIONS.baseline] !== undefined &&
        metadata.ownerReferences?.some((owner) => uids.has(owner.uid)),
    );
    const body = { metadata: { annotations: { [ANNOTATIONS.baseline]: null } } };
    await bounded(copies, WIDTH, (copy) => patch(kube, refOf(copy), body, { type: 'merge' }));
  } catch (error) {
    kube.signal?.throwIfAborted();
    if (!(error instanceof KubeError)) throw error;
    kube.log?.({ namespace, reason: error.message }, 'copies of baselines stay on ReplicaSets');
  }
}
