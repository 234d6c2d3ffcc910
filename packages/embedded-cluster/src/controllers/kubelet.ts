import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { clone } from '../store/freeze.ts';
import { type Controller, type ControllerOptions, now, reconciler, refOf } from './controller.ts';
import { POD } from './pods.ts';

/** From a Pod being given to the node until it is Ready, and from its deletion until it is gone (ms). */
const START_DELAY = 5;
const STOP_DELAY = 5;
const NODE = { apiVersion: 'v1', kind: 'Node' };
const NAME = 'embedded';
const ADDRESS = '10.244.0.1';
const CONDITIONS = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

/**
 * A node whose Pods run without anything in them: Running and Ready after a moment, gone a moment after they are
 * deleted. Containers never end by themselves, also those of Jobs.
 */
export const kubelet: Controller = (options) => {
  const inner = { ...options, client: options.client.as('kubelet') };
  register(inner);
  let addresses = 1;
  const nextAddress = () => `10.244.${(++addresses >> 8) & 255}.${addresses & 255}`;
  const started = new Map<string, () => void>();
  const later = (pod: KubeObject, ms: number, work: (current: KubeObject) => void) => {
    const { uid } = pod.metadata;
    const key = `${uid} ${pod.metadata.deletionTimestamp ? 'stop' : 'start'}`;
    if (started.has(key)) return;
    const cancel = inner.clock.after(ms, () => {
      started.delete(key);
      const current = inner.client.find(refOf(pod));
      if (current && current.metadata.uid === uid) work(current);
    });
    started.set(key, cancel);
  };
  const stop = reconciler(inner, POD, (pod) => {
    if (pod.spec.nodeName !== NAME) return;
    if (pod.metadata.deletionTimestamp !== undefined) {
      later(pod, STOP_DELAY, (current) => inner.client.delete(refOf(current), { gracePeriodSeconds: 0 }));
    } else if (pod.status?.phase === 'Pending') {
      later(pod, START_DELAY, (current) => {
        if (current.metadata.deletionTimestamp === undefined && current.status?.phase === 'Pending') {
          run(inner, current, nextAddress());
        }
      });
    }
  });
  return () => {
    stop();
    for (const cancel of started.values()) cancel();
  };
};

function register(options: ControllerOptions): void {
  const time = now(options);
  const resources = { cpu: '8', memory: '32Gi', pods: '1000', 'ephemeral-storage': '100Gi' };
  options.client.create({
    ...NODE,
    metadata: {
      name: NAME,
      labels: { 'kubernetes.io/hostname': NAME, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    spec: {},
    status: {
      capacity: resources,
      allocatable: resources,
      addresses: [
        { type: 'InternalIP', address: ADDRESS },
        { type: 'Hostname', address: NAME },
      ],
      conditions: CONDITIONS.map(([type, status, reason, message]) => ({
        type,
        status,
        reason,
        message,
        lastHeartbeatTime: time,
        lastTransitionTime: time,
      })),
    },
  });
}

function run(options: ControllerOptions, pod: KubeObject, podIP: string): void {
  const time = now(options);
  const condition = (type: string) => ({
    type,
    status: 'True',
    observedGeneration: pod.metadata.generation,
    lastProbeTime: null,
    lastTransitionTime: time,
  });
  const conditions: Fields[] = (pod.status.conditions ?? []).filter((c: Fields) => c.type === 'PodScheduled');
  const next = clone(pod);
  next.status = {
    ...next.status,
    phase: 'Running',
    observedGeneration: pod.metadata.generation,
    hostIP: ADDRESS,
    hostIPs: [{ ip: ADDRESS }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: time,
    conditions: [
      ...['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'].map(condition),
      ...conditions,
    ],
    containerStatuses: pod.spec.containers.map(({ name, image }: Fields) => ({
      name,
      image,
      imageID: image,
      containerID: `embedded://${pod.metadata.uid}/${name}`,
      ready: true,
      started: true,
      restartCount: 0,
      lastState: {},
      state: { running: { startedAt: time } },
    })),
  };
  options.client.update(next, { subresource: 'status' });
}
