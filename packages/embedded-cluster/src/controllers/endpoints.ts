import { isIPv4 } from 'node:net';
import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { labelSelectorText, matchesLabels, requirementsOf } from '../selectors.ts';
import { clone, same } from '../store/freeze.ts';
import {
  type Controller,
  type ControllerOptions,
  controlledBy,
  controllerOf,
  now,
  reconciler,
} from './controller.ts';
import { isReady, POD } from './pods.ts';

const SERVICE = { apiVersion: 'v1', kind: 'Service' };
const ENDPOINTS = { apiVersion: 'v1', kind: 'Endpoints' };
const SLICE = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';
const NAME = 'kubernetes.io/service-name';

/** Keeps the addresses behind each Service with a selector, in an EndpointSlice and the old Endpoints. */
export const endpoints: Controller = (options) =>
  reconciler(
    options,
    SERVICE,
    (service) => reconcile(options, service),
    (wake) => [
      options.client.watch(POD, ({ object, old }) => {
        for (const service of options.client.list({ ...SERVICE, namespace: object.metadata.namespace! })) {
          const selects = [object, old].some((pod) => pod && isSelected(service, pod));
          if (selects) wake(service.metadata.namespace, service.metadata.name);
        }
      }),
      options.client.watch(SERVICE, ({ type, object }) => {
        if (type !== 'DELETED') return;
        // Endpoints carry no owner: they are found by name.
        const ref = { ...ENDPOINTS, name: object.metadata.name, namespace: object.metadata.namespace! };
        if (options.client.find(ref)?.metadata.labels?.['endpoints.kubernetes.io/managed-by']) {
          options.client.delete(ref);
        }
      }),
    ],
  );

function isSelected({ spec }: KubeObject, pod: KubeObject): boolean {
  return (
    Boolean(spec.selector) &&
    matchesLabels(requirementsOf({ matchLabels: spec.selector }), pod.metadata.labels)
  );
}

function reconcile(options: ControllerOptions, service: KubeObject): void {
  const { client } = options;
  const { metadata, spec } = service;
  if (!spec.selector || spec.type === 'ExternalName' || metadata.deletionTimestamp !== undefined) return;
  const labelSelector = labelSelectorText(requirementsOf({ matchLabels: spec.selector }));
  const pods = client
    .list({ ...POD, namespace: metadata.namespace!, labelSelector })
    .filter((pod) => pod.status?.podIP && isIPv4(pod.status.podIP))
    .filter((pod) => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');
  writeSlice(options, service, pods);
  writeEndpoints(options, service, pods);
}

function writeSlice(options: ControllerOptions, service: KubeObject, pods: KubeObject[]): void {
  const { client } = options;
  const { metadata, spec } = service;
  const namespace = metadata.namespace!;
  const existing = client
    .list({ ...SLICE, namespace, labelSelector: `${NAME}=${metadata.name}` })
    .find((slice) => controllerOf(slice)?.uid === metadata.uid);
  const list: Fields[] = pods.map((pod) => {
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const ready = isReady(pod);
    return {
      addresses: [pod.status.podIP],
      conditions: {
        ready: (ready && !terminating) || Boolean(spec.publishNotReadyAddresses),
        serving: ready,
        terminating,
      },
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: target(pod),
    };
  });
  const ports = pods.length === 0 ? [] : portsOf(service, pods[0]!);
  if (existing && same(existing.endpoints ?? [], list) && same(existing.ports ?? [], ports)) return;
  const headless: Record<string, string> =
    spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  const next: KubeObject = existing
    ? clone(existing)
    : {
        ...SLICE,
        metadata: {
          name: '',
          generateName: `${metadata.name}-`,
          namespace,
          labels: {
            ...metadata.labels,
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
            [NAME]: metadata.name,
            ...headless,
          },
          annotations: { [TRIGGER]: trigger(options, service, pods) },
          ownerReferences: [controlledBy(service)],
        },
        addressType: 'IPv4',
      };
  next.endpoints = list.length > 0 ? list : null;
  next.ports = ports.length > 0 ? ports : null;
  if (existing) {
    next.metadata.annotations = { ...next.metadata.annotations, [TRIGGER]: trigger(options, service, pods) };
    client.update(next);
  } else client.create(next);
}

function writeEndpoints(options: ControllerOptions, service: KubeObject, pods: KubeObject[]): void {
  const { client } = options;
  const { metadata, spec } = service;
  const ref = { ...ENDPOINTS, name: metadata.name, namespace: metadata.namespace! };
  const existing = client.find(ref);
  const address = (pod: KubeObject) => ({
    ip: pod.status.podIP,
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: target(pod),
  });
  const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const ready = alive.filter((pod) => isReady(pod) || spec.publishNotReadyAddresses);
  const notReady = alive.filter((pod) => !ready.includes(pod));
  const subset = {
    ...(ready.length > 0 ? { addresses: ready.map(address) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.map(address) } : {}),
    ports: alive.length > 0 ? portsOf(service, alive[0]!).map(withoutEmptyName) : [],
  };
  const subsets = alive.length > 0 ? [subset] : [];
  if (existing && same(existing.subsets ?? [], subsets)) return;
  const headless: Record<string, string> =
    spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  const next: KubeObject = existing
    ? clone(existing)
    : {
        ...ENDPOINTS,
        metadata: {
          name: metadata.name,
          namespace: metadata.namespace!,
          labels: {
            ...metadata.labels,
            'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
            ...headless,
          },
        },
      };
  next.metadata.annotations = { ...next.metadata.annotations, [TRIGGER]: trigger(options, service, pods) };
  next.subsets = subsets;
  if (existing) client.update(next);
  else client.create(next);
}

function trigger(options: ControllerOptions, service: KubeObject, pods: KubeObject[]): string {
  return pods.length === 0 ? service.metadata.creationTimestamp! : now(options);
}

function target(pod: KubeObject): Fields {
  const { name, namespace, uid } = pod.metadata;
  return { kind: 'Pod', namespace, name, uid };
}

function portsOf({ spec }: KubeObject, pod: KubeObject): Fields[] {
  const named = (name: string): number | undefined =>
    (pod.spec.containers as Fields[]).flatMap((c) => c.ports ?? []).find((port) => port.name === name)
      ?.containerPort;
  return (spec.ports ?? []).flatMap(({ name, port, targetPort, protocol }: Fields) => {
    const number = typeof targetPort === 'string' ? named(targetPort) : (targetPort ?? port);
    return number === undefined ? [] : [{ name: name ?? '', port: number, protocol }];
  });
}

function withoutEmptyName({ name, ...port }: Fields): Fields {
  return name ? { name, ...port } : port;
}
