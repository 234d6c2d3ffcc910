import { isIP } from 'node:net';
import { duplicate, type FieldError, invalid, notSupported, required } from './field-errors.ts';
import type { Fields } from './fields.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function validateService(spec: Fields, old: Fields | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (!TYPES.includes(spec.type)) errors.push(notSupported('spec.type', spec.type, TYPES));
  if (spec.type === 'ExternalName') {
    if (!spec.externalName) errors.push(required('spec.externalName'));
  } else {
    if (!spec.ports?.length && spec.clusterIP !== 'None') errors.push(required('spec.ports'));
    errors.push(...validateAddress(spec, old));
  }
  const names = new Set<string>();
  for (const [index, port] of (spec.ports ?? []).entries()) {
    errors.push(...validatePort(port, `spec.ports[${index}]`, spec.ports.length > 1, names));
  }
  if (!['ClientIP', 'None'].includes(spec.sessionAffinity)) {
    errors.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']));
  }
  return errors;
}

function validateAddress(spec: Fields, old: Fields | undefined): FieldError[] {
  const kept = old?.type !== 'ExternalName' ? old?.clusterIP : undefined;
  if (kept && kept !== spec.clusterIP) {
    return [invalid('spec.clusterIPs[0]', [spec.clusterIP], 'may not change once set')];
  }
  if (spec.clusterIP === 'None' || isIP(spec.clusterIP)) return [];
  const rule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  return [invalid('spec.clusterIPs[0]', spec.clusterIP, rule)];
}

function validatePort(port: Fields, path: string, named: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  const inRange = (number: unknown) => typeof number !== 'number' || (number > 0 && number < 65_536);
  if (named && !port.name) errors.push(required(`${path}.name`));
  if (port.name && names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
  if (port.name) names.add(port.name);
  for (const field of ['port', 'targetPort']) {
    if (!inRange(port[field])) {
      errors.push(invalid(`${path}.${field}`, port[field], 'must be between 1 and 65535, inclusive'));
    }
  }
  if (!PROTOCOLS.includes(port.protocol)) {
    errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  }
  return errors;
}
