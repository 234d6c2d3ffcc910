import { column } from './columns.ts';
import type { Fields } from './fields.ts';
import type { Column } from './resource.ts';

/** Of both API groups: the newer one has other names for the same fields. */
export const eventColumns: Column[] = [
  column('Last Seen', (event, age) => age(lastSeen(event))),
  column('Type', ({ type }) => type ?? ''),
  column('Reason', ({ reason }) => reason ?? ''),
  column('Object', (event) => `${about(event).kind?.toLowerCase()}/${about(event).name}`),
  column('Subobject', (event) => about(event).fieldPath ?? '', { wide: true }),
  column('Source', sourceText, { wide: true }),
  column('Message', ({ message, note }) => (message ?? note ?? '').trim()),
  column('First Seen', (event, age) => age(firstSeen(event)), { wide: true }),
  column('Count', (event) => countOf(event), { wide: true }),
  { name: 'Name', type: 'string', format: 'name', priority: 1, value: ({ metadata }) => metadata.name },
];

function about(event: Fields): Fields {
  return event.involvedObject ?? event.regarding ?? {};
}

function firstSeen(event: Fields): string | undefined {
  return event.firstTimestamp ?? event.deprecatedFirstTimestamp ?? event.eventTime;
}

function lastSeen(event: Fields): string | undefined {
  const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.deprecatedLastTimestamp;
  return last ?? firstSeen(event);
}

function countOf(event: Fields): number {
  return event.series?.count ?? event.count ?? event.deprecatedCount ?? 1;
}

function sourceText(event: Fields): string {
  const source = event.source ?? event.deprecatedSource ?? {};
  const component = source.component || event.reportingComponent || event.reportingController || '';
  const host = source.host || event.reportingInstance;
  return host ? `${component}, ${host}` : component;
}
