import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { bindPod } from '../resources/pod-binding.ts';
import { clone } from '../store/freeze.ts';
import {
  type Controller,
  type ControllerOptions,
  conditionOf,
  now,
  reconciler,
  refOf,
} from './controller.ts';
import { POD } from './pods.ts';

const NODE = { apiVersion: 'v1', kind: 'Node' };

/** Gives Pods to a node, or says on the Pod that there is none. Which node fits is not looked at. */
export const scheduler: Controller = (options) =>
  reconciler(
    { ...options, client: options.client.as('kube-scheduler') },
    POD,
    (pod) => schedule({ ...options, client: options.client.as('kube-scheduler') }, pod),
    (wake) => [
      options.client.watch(NODE, ({ type }) => {
        if (type === 'DELETED') return;
        for (const { metadata, spec } of options.client.list(POD)) {
          if (!spec.nodeName) wake(metadata.namespace, metadata.name);
        }
      }),
    ],
  );

function schedule(options: ControllerOptions, pod: KubeObject): void {
  const { client, context } = options;
  const { metadata, spec, status } = pod;
  if (spec.nodeName || metadata.deletionTimestamp !== undefined || spec.schedulerName !== 'default-scheduler')
    return;
  if (spec.schedulingGates?.length) return;
  const wanted = wantedNode(spec);
  const nodes = client.list(NODE).filter((node) => !node.spec?.unschedulable);
  const node = wanted ? nodes.find(({ metadata: { name } }) => name === wanted) : nodes[0];
  if (node) {
    bindPod(context, pod, node.metadata.name);
    return;
  }
  if (conditionOf(status, 'PodScheduled')) return;
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: 'no nodes available to schedule pods',
    observedGeneration: metadata.generation,
    lastProbeTime: null,
    lastTransitionTime: now(options),
  };
  const next = clone(client.get(refOf(pod)));
  next.status = { ...next.status, conditions: [...(next.status?.conditions ?? []), condition] };
  client.update(next, { subresource: 'status' });
}

/** A DaemonSet's Pod names its node in an affinity. */
function wantedNode(spec: Fields): string | undefined {
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms
    .flatMap((term: Fields) => term.matchFields ?? [])
    .find(({ key }: Fields) => key === 'metadata.name')?.values?.[0];
}
