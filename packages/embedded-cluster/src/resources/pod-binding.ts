import type { KubeObject } from '../object.ts';
import { conflict } from '../status.ts';
import { clone } from '../store/freeze.ts';
import type { Context, CustomSubresource } from './resource.ts';

/** Gives a Pod to a node: the one way to change spec.nodeName. */
export function bindPod(context: Context, pod: KubeObject, nodeName: string): void {
  const client = context.client.as('kube-scheduler');
  const { name, namespace, uid, generation } = pod.metadata;
  const ref = { apiVersion: 'v1', kind: 'Pod', name, ...(namespace ? { namespace } : {}) };
  if (pod.spec.nodeName) {
    const why = `pod ${name} is already assigned to node "${pod.spec.nodeName}"`;
    throw conflict({ group: '', plural: 'pods/binding' }, name, why);
  }
  const binding = bindings(context);
  binding.add(uid!);
  try {
    const next = clone(client.get(ref));
    next.spec.nodeName = nodeName;
    client.update(next);
  } finally {
    binding.delete(uid!);
  }
  const bound = clone(client.get(ref));
  const others = (bound.status?.conditions ?? []).filter(
    ({ type }: { type: string }) => type !== 'PodScheduled',
  );
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    observedGeneration: generation,
    lastProbeTime: null,
    lastTransitionTime: context.now(),
  };
  bound.status = { ...bound.status, conditions: [...others, condition] };
  client.update(bound, { subresource: 'status' });
}

/** Whether a Pod is just being given to a node. */
export function isBinding(context: Context, pod: KubeObject): boolean {
  return bindings(context).has(pod.metadata.uid!);
}

function bindings(context: Context): Set<string> {
  return context.keep('pod-bindings', () => new Set<string>());
}

export const binding: CustomSubresource = {
  group: '',
  version: 'v1',
  kind: 'Binding',
  verbs: ['create'],
  handle({ object, body, context, dryRun }) {
    if (!dryRun) bindPod(context, object, body.target.name);
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {} as KubeObject['metadata'],
      status: 'Success',
      code: 201,
    };
  },
};
