import { same } from '../store/freeze.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
} from './field-errors.ts';
import type { Fields } from './fields.ts';
import { negatives } from './numbers.ts';
import { quantityValue } from './quantities.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

/** What users get wrong in a Pod, in the words of k8s.io/kubernetes pkg/apis/core/validation. */
export function validatePodSpec(spec: Fields, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set<string>();
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    const at = `${path}.volumes[${index}]`;
    errors.push(...validateName(volume.name, `${at}.name`, volumes));
    if (volume.secret && !volume.secret.secretName) errors.push(required(`${at}.secret.secretName`));
    if (volume.configMap && !volume.configMap.name) errors.push(required(`${at}.configMap.name`));
    if (volume.hostPath && !volume.hostPath.path) errors.push(required(`${at}.hostPath.path`));
    const claim = volume.persistentVolumeClaim;
    if (claim && !claim.claimName) errors.push(required(`${at}.persistentVolumeClaim.claimName`));
  }
  if (!spec.containers?.length) errors.push(required(`${path}.containers`));
  const names = new Set<string>();
  for (const field of ['containers', 'initContainers']) {
    for (const [index, container] of (spec[field] ?? []).entries()) {
      errors.push(...validateContainer(container, `${path}.${field}[${index}]`, names, volumes));
    }
  }
  if (!RESTART_POLICIES.includes(spec.restartPolicy)) {
    // Not in alphabetical order, so not by notSupported.
    const supported = RESTART_POLICIES.map((policy) => JSON.stringify(policy)).join(', ');
    errors.push({
      reason: 'FieldValueNotSupported',
      field: `${path}.restartPolicy`,
      message: `Unsupported value: ${JSON.stringify(spec.restartPolicy)}: supported values: ${supported}`,
    });
  }
  if (!DNS_POLICIES.includes(spec.dnsPolicy)) {
    errors.push(notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES));
  }
  if (spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1) {
    errors.push(
      invalid(
        `${path}.activeDeadlineSeconds`,
        spec.activeDeadlineSeconds,
        'must be between 1 and 2147483647, inclusive',
      ),
    );
  }
  errors.push(...negatives(spec, path, 'terminationGracePeriodSeconds'));
  return errors;
}

function validateContainer(
  container: Fields,
  path: string,
  names: Set<string>,
  volumes: Set<string>,
): FieldError[] {
  const errors = validateName(container.name, `${path}.name`, names);
  if (!container.image) errors.push(required(`${path}.image`));
  else if (container.image !== container.image.trim()) {
    errors.push(invalid(`${path}.image`, container.image, 'must not have leading or trailing whitespace'));
  }
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (!policies.includes(container.imagePullPolicy)) {
    errors.push(notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy, policies));
  }
  for (const [index, port] of (container.ports ?? []).entries()) {
    errors.push(...validatePort(port, `${path}.ports[${index}]`));
  }
  for (const [index, { name, value, valueFrom }] of (container.env ?? []).entries()) {
    if (!name) errors.push(required(`${path}.env[${index}].name`));
    if (value && valueFrom) {
      errors.push(
        invalid(`${path}.env[${index}].valueFrom`, '', 'may not be specified when `value` is not empty'),
      );
    }
  }
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`;
    if (!mount.name) errors.push(required(`${at}.name`));
    else if (!volumes.has(mount.name)) errors.push(notFound(`${at}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${at}.mountPath`));
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (probe && !HANDLERS.some((handler) => probe[handler])) {
      errors.push(required(`${path}.${name}`, 'must specify a handler type'));
    }
  }
  errors.push(...validateResources(container.resources, `${path}.resources`));
  return errors;
}

function validatePort(port: Fields, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const inRange = (number: number) => number > 0 && number < 65_536;
  if (!port.containerPort) errors.push(required(`${path}.containerPort`));
  else if (!inRange(port.containerPort)) {
    errors.push(
      invalid(`${path}.containerPort`, port.containerPort, 'must be between 1 and 65535, inclusive'),
    );
  }
  if (port.hostPort && !inRange(port.hostPort)) {
    errors.push(invalid(`${path}.hostPort`, port.hostPort, 'must be between 1 and 65535, inclusive'));
  }
  const protocols = ['SCTP', 'TCP', 'UDP'];
  if (!protocols.includes(port.protocol)) {
    errors.push(notSupported(`${path}.protocol`, port.protocol, protocols));
  }
  return errors;
}

function validateResources(resources: Fields, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, request] of Object.entries<string>(resources?.requests ?? {})) {
    const limit = resources.limits?.[name];
    if (limit !== undefined && quantityValue(request) > quantityValue(limit)) {
      errors.push(
        invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`),
      );
    }
  }
  return errors;
}

function validateName(name: string | undefined, path: string, taken: Set<string>): FieldError[] {
  if (!name) return [required(path)];
  if (taken.has(name)) return [duplicate(path, name)];
  taken.add(name);
  if (name.length > 63) return [invalid(path, name, 'must be no more than 63 characters')];
  return LABEL.test(name) ? [] : [invalid(path, name, LABEL_RULE)];
}

/** A Pod's spec is what it was, but for a few fields. */
export function validatePodSpecUpdate(spec: Fields, old: Fields): FieldError[] {
  const withoutChangeable = (pod: Fields) => {
    const images = (list: Fields[] | undefined) => list?.map(({ image: _, ...container }) => container);
    const { activeDeadlineSeconds: _, tolerations: __, ...rest } = pod;
    return { ...rest, containers: images(pod.containers), initContainers: images(pod.initContainers) };
  };
  if (same(withoutChangeable(spec), withoutChangeable(old))) return [];
  return [
    forbidden(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}
