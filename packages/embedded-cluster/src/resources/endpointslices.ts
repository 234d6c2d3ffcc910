import type { KubeObject } from '../object.ts';
import { ageColumn, column, nameColumn } from './columns.ts';
import type { Fields } from './fields.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  generation: 'all',

  columns: [
    nameColumn,
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', ({ ports }) => short((ports ?? []).map(({ port }: Fields) => port ?? '*')) || '<unset>'),
    column(
      'Endpoints',
      ({ endpoints }) => short((endpoints ?? []).flatMap(({ addresses }: Fields) => addresses)) || '<unset>',
    ),
    ageColumn,
  ],
  defaults(slice) {
    for (const port of slice.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate: fillIn,
  prepareForUpdate: fillIn,
} satisfies Resource as Resource;

function short(list: unknown[]): string {
  return list.length > 3 ? `${list.slice(0, 3).join()} + ${list.length - 3} more...` : list.join();
}

/** What Go writes even when it is empty, and nobody owns. */
function fillIn(slice: KubeObject): void {
  slice.endpoints ??= null;
  slice.ports ??= null;
}
