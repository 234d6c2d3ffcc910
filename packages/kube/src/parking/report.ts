import { KubeError } from '../error.ts';
import { nameOf, type ObjectRef } from '../object.ts';

/** What became of one object. */
export interface ReportItem {
  object: ObjectRef;
  /**
   * `parked`: asleep, by this call or before. `restored`: awake with the count from before the night. `drifted`:
   * someone changed it while it slept, left as they made it. `skipped`: nothing to do, or not ours to do. `failed`:
   * see `reason`.
   */
  outcome: 'parked' | 'restored' | 'drifted' | 'skipped' | 'failed';
  /** One line, for everything but a plain success. */
  reason?: string;
  replicas?: { from: number; to: number };
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
