import type { KubeObject } from '../object.ts';
import { eventColumns } from './event-columns.ts';
import type { Resource } from './resource.ts';

/** Fields that have another name in the core group's form. */
const renamed = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reportingController', 'reportingComponent'],
] as const;

/** Events of the newer group; the same objects as the core group's. */
export default {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: 'io.k8s.api.events.v1.Event',
  createOnUpdate: true,
  columns: eventColumns,
  prepareForCreate: fillIn,
  prepareForUpdate: fillIn,
  storedAs: {
    group: '',
    plural: 'events',
    toStored: (event) => rename(event, ([newer, core]) => [newer, core]),
    fromStored: (event) => {
      rename(event, ([newer, core]) => [core, newer]);
      // What the core group writes empty, this one leaves out.
      for (const field of ['reportingController', 'reportingInstance'])
        if (event[field] === '') delete event[field];
    },
  },
} satisfies Resource as Resource;

function rename(event: KubeObject, fromTo: (pair: (typeof renamed)[number]) => [string, string]): void {
  for (const pair of renamed) {
    const [from, to] = fromTo(pair);
    if (event[from] === undefined) continue;
    event[to] = event[from];
    delete event[from];
  }
}

/** What Go writes even when it is empty, and nobody owns. */
function fillIn(event: KubeObject): void {
  for (const time of ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'eventTime'])
    event[time] ??= null;
}
