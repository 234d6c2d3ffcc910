import { ageColumn, column, nameColumn } from './columns.ts';
import type { Fields } from './fields.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Endpoints',
  createOnUpdate: true,
  deprecated: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',

  columns: [nameColumn, column('Endpoints', ({ subsets }) => endpointsText(subsets)), ageColumn],
} satisfies Resource as Resource;

function endpointsText(subsets: Fields[] = []): string {
  const all = subsets.flatMap(({ ports, addresses }) =>
    (addresses ?? []).flatMap(({ ip }: Fields) =>
      ports?.length ? ports.map(({ port }: Fields) => `${ip}:${port}`) : [ip],
    ),
  );
  if (all.length === 0) return '<none>';
  return all.length > 3 ? `${all.slice(0, 3).join()} + ${all.length - 3} more...` : all.join();
}
