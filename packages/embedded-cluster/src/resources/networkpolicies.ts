import { ageColumn, column, nameColumn, selectorText } from './columns.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  generation: 'spec',
  columns: [nameColumn, column('Pod-Selector', ({ spec }) => selectorText(spec.podSelector)), ageColumn],
  defaults(policy) {
    policy.spec ??= {};
    policy.spec.policyTypes ??= policy.spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    for (const rule of [...(policy.spec.ingress ?? []), ...(policy.spec.egress ?? [])]) {
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    }
  },
} satisfies Resource as Resource;
