import { createHash } from 'node:crypto';
import { create, type Kube, type ObjectRef } from '@forkspacer/kube';
import type { Log } from '../define-module.ts';

/** ms */
const PATIENCE = 5_000;

/** Says something on the cluster, beside the anchor that it is about. A cluster that takes no Events loses nothing. */
export async function say(
  connection: Kube,
  anchor: ObjectRef & { uid: string },
  event: { reason: string; note: string; type: 'Normal' | 'Warning'; module: string; host: string },
  log: Log,
): Promise<void> {
  const { apiVersion, kind, name, namespace, uid } = anchor;
  const now = new Date().toISOString();
  // Nobody waits longer for a word beside the matter.
  const deadline = Math.min(connection.deadline ?? Number.POSITIVE_INFINITY, Date.now() + PATIENCE);
  const kube = connection.with({ deadline });
  // The same said again has the same name, and the one that is there will do.
  const hash = createHash('sha256').update(`${uid} ${event.reason} ${event.note}`).digest('hex').slice(0, 10);
  try {
    await create(kube, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${hash}`, ...(namespace && { namespace }) },
      involvedObject: { apiVersion, kind, name, namespace, uid },
      reason: event.reason,
      message: event.note,
      type: event.type,
      source: { component: `forkspacer-${event.module}`, host: event.host },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    });
  } catch (error) {
    log.debug({ err: error }, 'event not written');
  }
}
