import type { Kube } from '../connect.ts';
import { nameOf } from '../object.ts';
import { writeEvents } from './events.ts';
import type { Decided } from './insist.ts';
import { ParkingError, type Report, type ReportItem } from './report.ts';
import type { Candidate, Unseen } from './targets.ts';

export function itemOf(candidate: Candidate, results: Map<Candidate, Pick<Decided, 'item'>>): ReportItem {
  return (results.get(candidate) as Decided).item;
}

/**
 * The report of a call: in the log in full, and as Events on what failed or drifted.
 *
 * @throws ParkingError when some failed
 */
export async function told(
  kube: Kube,
  verb: 'sleep' | 'wake',
  { candidates, results, unseen, gone = [] }: Outcome,
): Promise<Report> {
  const about = new Map(
    candidates.map((each) => [itemOf(each, results), results.get(each)?.object ?? each.object]),
  );
  const items = [...about.keys(), ...gone, ...unseen.map(notSeen)];
  for (const item of items) kube.log?.({ ...item, object: nameOf(item.object) }, verb);
  await writeEvents(kube, verb, about);
  const report = { items };
  if (items.some((item) => item.outcome === 'failed')) throw new ParkingError(verb, report);
  return report;
}

export interface Outcome {
  candidates: Candidate[];
  results: Map<Candidate, Decided>;
  unseen: Unseen[];
  /** Of what is not there any more. */
  gone?: ReportItem[];
}

export function notSeen({ apiVersion, kind, reason }: Unseen): ReportItem {
  return { object: { apiVersion, kind, name: '*' }, outcome: 'skipped', reason };
}
