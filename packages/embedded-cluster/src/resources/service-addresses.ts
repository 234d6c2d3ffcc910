import type { KubeObject } from '../object.ts';
import type { Fields } from './fields.ts';
import type { Context } from './resource.ts';

/** 10.96.0.0/16, as kubeadm and kind have it. The first address is the API server's. */
const PREFIX = '10.96';
const ADDRESSES = 65_534;
const FIRST_PORT = 30_000;
const PORTS = 2768;

/** Gives a Service the address that it keeps for life, and takes it away when it becomes an ExternalName. */
export function allocateAddresses({ spec }: KubeObject, old: KubeObject | undefined, context: Context): void {
  if (spec.type === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete spec[field];
    return;
  }
  const kept = old && old.spec.type !== 'ExternalName' ? old.spec : undefined;
  spec.clusterIP ||= kept?.clusterIP;
  if (!spec.clusterIP) {
    const next = context.keep('service-addresses', () => ({ count: 9 }));
    const taken = new Set(services(context).map((service) => service.spec.clusterIP));
    do {
      next.count = (next.count % ADDRESSES) + 1;
      spec.clusterIP = `${PREFIX}.${next.count >> 8}.${next.count & 255}`;
    } while (taken.has(spec.clusterIP));
  }
  if (!spec.clusterIPs?.length || spec.clusterIPs[0] === kept?.clusterIP) spec.clusterIPs = [spec.clusterIP];
  spec.ipFamilies ??= kept?.ipFamilies ?? ['IPv4'];
  spec.ipFamilyPolicy ??= kept?.ipFamilyPolicy ?? 'SingleStack';
}

/** Ports on the nodes: kept by name or port, dropped when the type no longer has them. */
export function allocateNodePorts({ spec }: KubeObject, old: KubeObject | undefined, context: Context): void {
  const wanted =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts);
  if (!wanted) {
    const changed = old !== undefined && old.spec.type !== spec.type;
    if (changed) for (const port of spec.ports ?? []) delete port.nodePort;
    return;
  }
  const before: Fields[] = old?.spec.ports ?? [];
  const taken = new Set(
    services(context).flatMap((s) => (s.spec.ports ?? []).map((p: Fields) => p.nodePort)),
  );
  const next = context.keep('node-ports', () => ({ count: 0 }));
  for (const port of spec.ports ?? []) {
    port.nodePort ||= before.find((p) => p.port === port.port && p.protocol === port.protocol)?.nodePort;
    while (!port.nodePort) {
      next.count = (next.count + 1) % PORTS;
      if (!taken.has(FIRST_PORT + next.count)) port.nodePort = FIRST_PORT + next.count;
    }
    taken.add(port.nodePort);
  }
}

function services(context: Context): KubeObject[] {
  return context.list({ apiVersion: 'v1', kind: 'Service' });
}
