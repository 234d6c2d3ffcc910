import { KubeError } from '../error.ts';
import { nameOf, type ObjectRef } from '../object.ts';
import type { Requests } from './requests.ts';

/** What became of one object. */
export interface ReportItem {
  object: ObjectRef;
  /**
   * `parked`: asleep, by this call or before. `restored`: awake, as before the night. `drifted`: someone changed or
   * deleted it while it slept, left as they made it. `skipped`: nothing to do, or not ours to do. `failed`: see
   * `reason`.
   */
  outcome: 'parked' | 'restored' | 'drifted' | 'skipped' | 'failed';
  /** One line, for everything but a plain success. */
  reason?: string;
  /** Of a kind with a count. */
  replicas?: { from: number; to: number };
  /** What this call changed, or would change. */
  changes?: Change[];
  /** What its Pods ask for by day, and nobody by night: of what is parked. */
  saving?: Requests;
}

/** One field before and after; what is not there is left out. */
export interface Change {
  /** A JSON pointer. */
  path: string;
  from?: unknown;
  to?: unknown;
}

export interface Report {
  items: ReportItem[];
}

/** Some objects could not be parked or restored; all others were. `report` tells of each. */
export class ParkingError extends KubeError {
  readonly report: Report;

  constructor(verb: 'sleep' | 'wake', report: Report) {
    const failed = report.items.filter((item) => item.outcome === 'failed');
    const named = failed.slice(0, 3).map((item) => item.reason ?? nameOf(item.object));
    const more = failed.length > 3 ? ` and ${failed.length - 3} more` : '';
    super(`${verb}: ${failed.length} of ${report.items.length} failed: ${named.join('; ')}${more}`, {
      reason: 'Parking',
    });
    this.report = report;
  }
}
