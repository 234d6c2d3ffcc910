import type { KubeObject } from '../object.ts';
import { eventColumns } from './event-columns.ts';
import { invalid } from './field-errors.ts';
import type { Resource } from './resource.ts';

/** Events as the core group serves them: the form in which they are kept. */
export default {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Event',
  createOnUpdate: true,
  columns: eventColumns,
  defaults(event) {
    event.source ??= {};
  },
  prepareForCreate: fillIn,
  prepareForUpdate: fillIn,
  validate({ metadata, involvedObject }) {
    const namespace = involvedObject?.namespace ?? '';
    // What lives in no namespace is told of in default.
    if (namespace === (metadata.namespace ?? '') || (!namespace && metadata.namespace === 'default'))
      return [];
    return [invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
  },
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject?.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject?.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject?.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  },
} satisfies Resource as Resource;

/** What Go writes even when it is empty, and nobody owns. */
function fillIn(event: KubeObject): void {
  for (const time of ['firstTimestamp', 'lastTimestamp', 'eventTime']) event[time] ??= null;
  event.reportingComponent ??= '';
  event.reportingInstance ??= '';
}
