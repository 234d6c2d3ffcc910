import { ANNOTATIONS } from '@forkspacer/contract';
import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { type KubeObject, nameOf, type ObjectRef } from './object.ts';
import { ASLEEP, type Baseline, markValue, newNight } from './parking/baseline.ts';
import { bounded } from './parking/bounded.ts';
import { insist } from './parking/insist.ts';
import { ownersOf } from './parking/ownership.ts';
import { ParkingError, type Report, type ReportItem } from './parking/report.ts';
import { type Pending, settle } from './parking/settle.ts';
import { stateOf } from './parking/state.ts';
import { readTargets, type Target } from './parking/targets.ts';
import { patch } from './patch.ts';
import { isObserved } from './ready.ts';

export interface SleepOptions {
  /** ms to wait for the Pods to end; three minutes unless told. The handle's deadline ends it earlier. */
  timeLimit?: number;
  /** Hears whose Pods are still there. */
  onProgress?: (left: ObjectRef[]) => void;
}

/** Objects written at the same time. */
export const WIDTH = 16;
export const TIME_LIMIT = 180_000;

/**
 * Puts Deployments and StatefulSets to zero and waits until their Pods are gone. What was there is kept on the object
 * itself, in the same write; a second sleep, or one after a crash, finds it and leaves it.
 *
 * Left alone, and reported as skipped: what is at zero already by its owner, what a controller owns.
 *
 * @throws ParkingError when some failed, after all others were done; it holds the report
 */
export async function sleep(kube: Kube, target: Target, options: SleepOptions = {}): Promise<Report> {
  const night = newNight();
  const batches = await readTargets(kube, target);
  const items = await Promise.all(
    batches.map(async (batch) => {
      const parked = await bounded(batch.objects, WIDTH, (each) => park(kube, each.ref, each.object, night));
      const pending: Pending[] = [];
      const itemOf = new Map<Pending, ReportItem>();
      for (const { item, object } of parked) {
        if (item.outcome !== 'parked' || !object) continue;
        const each = { ref: item.object, object, done: isEmpty };
        pending.push(each);
        itemOf.set(each, item);
      }
      const late = await settle(kube, batch, pending, {
        describe: 'its Pods to end',
        timeLimit: options.timeLimit ?? TIME_LIMIT,
        ...(options.onProgress && { onProgress: options.onProgress }),
      });
      for (const [each, reason] of late) Object.assign(itemOf.get(each) ?? {}, { outcome: 'failed', reason });
      return parked.map(({ item }) => item);
    }),
  );
  const report = { items: items.flat() };
  for (const item of report.items) kube.log?.({ ...item, object: nameOf(item.object) }, 'sleep');
  if (report.items.some((item) => item.outcome === 'failed')) throw new ParkingError('sleep', report);
  return report;
}

async function park(
  kube: Kube,
  ref: ObjectRef,
  known: KubeObject | undefined,
  night: string,
): Promise<{ item: ReportItem; object?: KubeObject }> {
  return insist(kube, ref, known, async (object) => {
    const skipped = (reason: string): { item: ReportItem } => ({
      item: { object: ref, outcome: 'skipped', reason },
    });
    const state = stateOf(object);
    if (state.is === 'foreign') return skipped(`${nameOf(ref)} ${state.why}`);
    if (state.is === 'zero') return skipped('at zero already, by its owner');
    if (state.is === 'asleep') {
      const item: ReportItem = {
        object: ref,
        outcome: 'parked',
        ...(state.night === night ? {} : { reason: `asleep since ${state.night}` }),
        replicas: { from: state.replicas, to: 0 },
      };
      return { item, object };
    }
    if (object.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete') {
      throw new KubeError(
        `${nameOf(ref)}: its claims would be deleted with its Pods (persistentVolumeClaimRetentionPolicy.whenScaled is Delete); it is not put to sleep`,
        { reason: 'DataLoss', object: nameOf(ref) },
      );
    }
    const uid = object.metadata.uid ?? '';
    const before =
      state.is === 'waking' ? (state.baseline?.owners ?? []) : ownersOf(object, state.is === 'drifted');
    const baseline: Baseline = {
      version: 1,
      uid,
      night,
      who: kube.instance ?? kube.fieldManager,
      replicas: state.replicas,
      owners: before,
    };
    const written = await patch(
      kube,
      ref,
      {
        metadata: {
          resourceVersion: object.metadata.resourceVersion,
          annotations: { [ANNOTATIONS.baseline]: JSON.stringify(baseline) },
          labels: { [ASLEEP]: markValue(night, state.replicas, uid) },
        },
        spec: { replicas: 0 },
      },
      { type: 'merge' },
    );
    return {
      item: { object: ref, outcome: 'parked', replicas: { from: state.replicas, to: 0 } },
      object: written,
    };
  });
}

/** No Pod is left: neither a running one nor, where the server tells of those, one that is ending. */
function isEmpty(object: KubeObject): boolean {
  const { replicas = 0, terminatingReplicas = 0 } = object.status ?? {};
  return (
    (object.spec?.replicas ?? 1) > 0 || (isObserved(object) && replicas === 0 && terminatingReplicas === 0)
  );
}
