import { ageColumn, column, labelsText, nameColumn } from './columns.ts';
import type { Fields } from './fields.ts';
import type { Resource } from './resource.ts';
import { allocateAddresses, allocateNodePorts } from './service-addresses.ts';
import { validateService } from './service-validation.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Service',
  returnsDeleted: true,
  subresources: { status: true },
  nameRule: 'dns1035label',
  createOnUpdate: true,

  columns: [
    nameColumn,
    column('Type', ({ spec }) => spec.type),
    column('Cluster-IP', ({ spec }) => spec.clusterIP || '<none>'),
    column('External-IP', externalText),
    column('Port(s)', ({ spec }) => (spec.ports ?? []).map(portText).join() || '<none>'),
    ageColumn,
    column('Selector', ({ spec }) => labelsText(spec.selector), { wide: true }),
  ],
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type,
  },
  defaults(service) {
    service.spec ??= {};
    service.status ??= {};
    service.status.loadBalancer ??= {};
    const { spec } = service;
    spec.sessionAffinity ??= 'None';
    spec.type ??= 'ClusterIP';
    if (spec.sessionAffinity === 'ClientIP') {
      spec.sessionAffinityConfig ??= {};
      spec.sessionAffinityConfig.clientIP ??= {};
      spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= 10_800;
    } else delete spec.sessionAffinityConfig;
    for (const port of spec.ports ?? []) {
      port.protocol ??= 'TCP';
      port.targetPort ||= port.port;
    }
    const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
    if (external) spec.externalTrafficPolicy ??= 'Cluster';
    if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
    if (spec.type === 'ExternalName') return;
    spec.internalTrafficPolicy ??= 'Cluster';
  },
  prepareForCreate(service, context) {
    allocateAddresses(service, undefined, context);
    allocateNodePorts(service, undefined, context);
  },
  prepareForUpdate(service, old, context) {
    const { spec } = service;
    if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') delete spec.externalTrafficPolicy;
    if (spec.type !== 'LoadBalancer') delete spec.allocateLoadBalancerNodePorts;
    allocateAddresses(service, old, context);
    allocateNodePorts(service, old, context);
  },
  validate: (service, old) => validateService(service.spec, old?.spec),
} satisfies Resource as Resource;

function externalText({ spec, status }: Fields): string {
  if (spec.type === 'ExternalName') return spec.externalName;
  const addresses = [...(spec.externalIPs ?? [])];
  if (spec.type === 'LoadBalancer') {
    addresses.unshift(...(status?.loadBalancer?.ingress ?? []).map((i: Fields) => i.ip ?? i.hostname));
    return addresses.join() || '<pending>';
  }
  return addresses.join() || '<none>';
}

function portText({ port, nodePort, protocol }: Fields): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}
