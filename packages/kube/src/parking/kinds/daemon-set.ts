import type { Kube } from '../../connect.ts';
import { KubeError } from '../../error.ts';
import { list } from '../../list.ts';
import { type KubeObject, refOf } from '../../object.ts';
import { isReady } from '../../ready.ts';
import { ASLEEP } from '../baseline.ts';
import { podsOf } from '../requests.ts';
import type { Field, Kind } from './kind.ts';
import { isSeen } from './replicas.ts';

/**
 * The node selector asks for a label that no node carries. It is one field to a server-side apply (an atomic map), so
 * its owner loses all of it for the night; what it was can be read back by taking the label out again.
 */
const selector: Field = {
  path: ['spec', 'template', 'spec', 'nodeSelector'],
  asleep: (value) => ({ ...(value as Record<string, string> | undefined), [ASLEEP]: 'true' }),
  guess: (value) => {
    const { [ASLEEP]: _, ...others } = (value ?? {}) as Record<string, string>;
    return Object.keys(others).length > 0 ? others : undefined;
  },
  isReadable: true,
};

export const daemonSet: Kind = {
  group: 'apps',
  versions: ['v1'],
  kind: 'DaemonSet',
  builtin: true,
  turn: 'workload',
  fields: () => [selector],
  rests: 'no node is selected already',
  isAsleep: (object) => {
    const {
      desiredNumberScheduled = 0,
      currentNumberScheduled = 0,
      numberMisscheduled = 0,
    } = object.status ?? {};
    return isSeen(object) && desiredNumberScheduled + currentNumberScheduled + numberMisscheduled === 0;
  },
  awaits: 'its Pods to end',
  isReady,
  requests: (object) => podsOf(object, object.status?.desiredNumberScheduled ?? 0),
  sweep: removeRevisions,
};

/**
 * The template of the night is a revision of its own, and by day it would be the one that `kubectl rollout undo` goes
 * back to. Its controller, which has seen by now that the template is another, does not make it again.
 */
async function removeRevisions(kube: Kube, objects: KubeObject[]): Promise<void> {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  const namespace = objects[0]?.metadata.namespace;
  try {
    const selection = { apiVersion: 'apps/v1', kind: 'ControllerRevision', ...(namespace && { namespace }) };
    const { items } = await list(kube, selection);
    for (const revision of items) {
      if (revision.data?.spec?.template?.spec?.nodeSelector?.[ASLEEP] === undefined) continue;
      if (!revision.metadata.ownerReferences?.some(({ uid }) => uids.has(uid))) continue;
      const { path, subject } = await kube.locate(refOf(revision));
      const { uid, resourceVersion } = revision.metadata;
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
      await kube.request({ method: 'DELETE', path, body, subject: subject('delete') });
    }
  } catch (error) {
    kube.signal?.throwIfAborted();
    if (!(error instanceof KubeError)) throw error;
    kube.log?.({ namespace, reason: error.message }, 'revisions of the night stay with their DaemonSet');
  }
}
