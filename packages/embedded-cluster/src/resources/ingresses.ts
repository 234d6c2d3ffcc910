import { ageColumn, column, nameColumn } from './columns.ts';
import type { Fields } from './fields.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  schema: 'io.k8s.api.networking.v1.Ingress',
  subresources: { status: true },
  generation: 'spec',
  columns: [
    nameColumn,
    column('Class', ({ spec }) => spec.ingressClassName ?? '<none>'),
    column('Hosts', ({ spec }) => hosts(spec).join() || '*'),
    column('Address', ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).map((i: Fields) => i.ip ?? i.hostname).join(),
    ),
    column('Ports', ({ spec }) => (spec.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
  defaults(ingress) {
    ingress.status ??= {};
    ingress.status.loadBalancer ??= {};
  },
  prepareForCreate(ingress) {
    ingress.status = { loadBalancer: {} };
  },
} satisfies Resource as Resource;

function hosts(spec: Fields): string[] {
  return (spec.rules ?? []).map(({ host }: Fields) => host || '*');
}
