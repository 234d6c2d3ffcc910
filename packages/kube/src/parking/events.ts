import type { Kube } from '../connect.ts';
import { create } from '../create.ts';
import { KubeError } from '../error.ts';
import type { KubeObject } from '../object.ts';
import { bounded } from './bounded.ts';
import type { ReportItem } from './report.ts';

/** Events of one call; the report has the others. */
const MOST = 20;
const WIDTH = 4;
/** ms for all of them. */
const PATIENCE = 5_000;

/** One Event beside each object that failed or drifted. A cluster that takes none loses nothing. */
export async function writeEvents(
  kube: Kube,
  verb: 'sleep' | 'wake',
  items: Map<ReportItem, KubeObject | undefined>,
): Promise<void> {
  const notable = [...items].filter(([{ outcome }]) => outcome === 'failed' || outcome === 'drifted');
  if (notable.length === 0) return;
  // Nobody waits longer for a word beside the matter.
  const deadline = Math.min(kube.deadline ?? Number.POSITIVE_INFINITY, Date.now() + PATIENCE);
  const patient = kube.with({ deadline });
  await bounded(notable.slice(0, MOST), WIDTH, async ([item, about]) => {
    if (!about) return;
    const { apiVersion, kind, name, namespace } = item.object;
    const { uid, resourceVersion } = about.metadata;
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const reason = item.outcome === 'drifted' ? 'Drifted' : verb === 'sleep' ? 'SleepFailed' : 'WakeFailed';
    try {
      await create(patient, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          // Two at once say the same once.
          name: `${name.slice(0, 200)}.${reason.toLowerCase()}-${resourceVersion}`,
          ...(namespace !== undefined && { namespace }),
        },
        involvedObject: { apiVersion, kind, name, namespace, uid },
        reason,
        message: item.reason ?? '',
        type: 'Warning',
        source: { component: kube.module ? `forkspacer-${kube.module}` : kube.fieldManager },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      });
    } catch (error) {
      kube.signal?.throwIfAborted();
      if (!(error instanceof KubeError)) throw error;
      if (error.reason !== 'AlreadyExists') kube.log?.({ reason: error.message }, 'event not written');
    }
  });
}
