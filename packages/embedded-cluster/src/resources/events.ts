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
  storedAs: {
    group: '',
    plural: 'events',
    toStored: (event) => rename(event, ([newer, core]) => [newer, core]),
    fromStored: (event) => rename(event, ([newer, core]) => [core, newer]),
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
