import { ANNOTATIONS } from '@forkspacer/contract';
import type { Kube } from './connect.ts';
import { type KubeObject, nameOf, type ObjectRef } from './object.ts';
import { ASLEEP, markValue } from './parking/baseline.ts';
import { bounded } from './parking/bounded.ts';
import { removeCopies } from './parking/copies.ts';
import { type Decided, insist } from './parking/insist.ts';
import { soleUpdater, withOwners, withoutOurs } from './parking/ownership.ts';
import { ParkingError, type Report, type ReportItem } from './parking/report.ts';
import { type Pending, settle } from './parking/settle.ts';
import { stateOf } from './parking/state.ts';
import { readTargets, type Target } from './parking/targets.ts';
import { patch } from './patch.ts';
import { isObserved } from './ready.ts';
import { TIME_LIMIT, WIDTH } from './sleep.ts';

export interface WakeOptions {
  /** ms to wait for the controller; three minutes unless told. The handle's deadline ends it earlier. */
  timeLimit?: number;
  /** Hears which objects the controller has not seen yet. */
  onProgress?: (left: ObjectRef[]) => void;
  /**
   * For the last time: a named object that is not there is skipped and does not fail, and the copies of baselines that
   * the Deployment controller made on ReplicaSets are taken off too.
   */
  leaving?: boolean;
}

const NO_MARKS = { annotations: { [ANNOTATIONS.baseline]: null }, labels: { [ASLEEP]: null } };

/**
 * Gives back what `sleep` took: the count, the annotations and the field ownership, and waits until the controller has
 * seen it (not until the Pods are ready).
 *
 * Left as it is: what its owner keeps at zero (skipped), and what someone changed while it slept (drifted; only our
 * marks are taken off).
 *
 * @throws ParkingError when some failed, after all others were done; it holds the report
 */
export async function wake(kube: Kube, target: Target, options: WakeOptions = {}): Promise<Report> {
  const batches = await readTargets(kube, target);
  const items = await Promise.all(
    batches.map(async (batch) => {
      const woken = await bounded(batch.objects, WIDTH, async (each) => {
        if (!each.object && options.leaving) {
          return { item: { object: each.ref, outcome: 'skipped', reason: 'not found' } satisfies ReportItem };
        }
        const lifted = await lift(kube, each.ref, each.object);
        return lifted.item.outcome === 'restored' ? giveBack(kube, lifted) : lifted;
      });
      const pending: Pending[] = [];
      const itemOf = new Map<Pending, ReportItem>();
      for (const { item, object } of woken) {
        if (item.outcome !== 'restored' || !object) continue;
        const each = { ref: item.object, object, done: isObserved };
        pending.push(each);
        itemOf.set(each, item);
      }
      const late = await settle(kube, batch, pending, {
        describe: 'its controller to see the new count',
        timeLimit: options.timeLimit ?? TIME_LIMIT,
        ...(options.onProgress && { onProgress: options.onProgress }),
      });
      if (options.leaving) await removeCopies(kube, batch);
      for (const [each, reason] of late) Object.assign(itemOf.get(each) ?? {}, { outcome: 'failed', reason });
      return woken.map(({ item }) => item);
    }),
  );
  const report = { items: items.flat() };
  for (const item of report.items) kube.log?.({ ...item, object: nameOf(item.object) }, 'wake');
  if (report.items.some((item) => item.outcome === 'failed')) throw new ParkingError('wake', report);
  return report;
}

/** Gives the count back; whether the field ownership goes with it, see ownership.ts. */
async function lift(kube: Kube, ref: ObjectRef, known: KubeObject | undefined): Promise<Decided> {
  // Set when a write was sent: should its answer be lost, what it did is still our doing.
  let sent: { from: number; to: number } | undefined;
  return insist(kube, ref, known, async (object) => {
    const state = stateOf(object);
    const guard = { resourceVersion: object.metadata.resourceVersion };
    const item = (outcome: ReportItem['outcome'], more: Partial<ReportItem> = {}): ReportItem => ({
      object: ref,
      outcome,
      ...more,
    });
    switch (state.is) {
      case 'foreign':
        return { item: item('skipped', { reason: `${nameOf(ref)} ${state.why}` }) };
      case 'zero':
        return { item: item('skipped', { reason: 'at zero by its owner' }) };
      case 'awake':
        if (sent && sent.to === state.replicas) return { item: item('restored', { replicas: sent }), object };
        // An old baseline that a rollback brought back by day: void, and no one else takes it off.
        if (state.traces) await patch(kube, ref, { metadata: { ...guard, ...NO_MARKS } }, { type: 'merge' });
        return { item: item('skipped', { reason: 'awake already' }) };
      case 'drifted': {
        const metadata = { ...guard, ...NO_MARKS, managedFields: withoutOurs(object) };
        await patch(kube, ref, { metadata }, { type: 'merge' });
        const reason = `${nameOf(ref)} was changed while it slept: ${state.replicas} replicas now, ${state.was} before; left as it is`;
        return { item: item('drifted', { reason, replicas: { from: state.was, to: state.replicas } }) };
      }
      case 'waking':
        return { item: item('restored', { replicas: { from: 0, to: state.replicas } }), object };
      case 'asleep': {
        const replicas = { from: 0, to: state.replicas };
        sent = replicas;
        const updater = soleUpdater(state.baseline?.owners ?? [], object);
        const spec = { replicas: state.replicas };
        if (updater !== undefined) {
          const managedFields = withoutOurs(object);
          const body = { metadata: { ...guard, ...NO_MARKS, managedFields }, spec };
          const written = await patch(kube, ref, body, { type: 'merge', fieldManager: updater });
          return { item: item('restored', { replicas }), object: written };
        }
        const waking = markValue(state.night, state.replicas, object.metadata.uid ?? '', true);
        const body = { metadata: { ...guard, labels: { [ASLEEP]: waking } }, spec };
        const written = await patch(kube, ref, body, { type: 'merge' });
        return { item: item('restored', { replicas }), object: written };
      }
    }
  });
}

/**
 * The second write, where it takes one: marks off, and managedFields as they were before the night. It follows the
 * first at once: the controller's own writes come a few ms later and would make it a conflict.
 */
async function giveBack(kube: Kube, { item, object: lifted }: Decided): Promise<Decided> {
  return insist(kube, item.object, lifted, async (object) => {
    const state = stateOf(object);
    // Done by the first write, or by another wake; or it was put to sleep again meanwhile.
    if (state.is !== 'waking') return { item, object };
    const managedFields = withOwners(withoutOurs(object), state.baseline?.owners ?? []);
    const body = {
      metadata: { resourceVersion: object.metadata.resourceVersion, ...NO_MARKS, managedFields },
    };
    return { item, object: await patch(kube, item.object, body, { type: 'merge' }) };
  });
}
