import { ageColumn, column, nameColumn } from './columns.ts';
import type { Fields } from './fields.ts';
import { admitPod } from './pod-admission.ts';
import { binding, isBinding } from './pod-binding.ts';
import { defaultPodSpec } from './pod-defaults.ts';
import { qosClass } from './pod-qos.ts';
import { readyText, restartsText, statusText } from './pod-status-text.ts';
import { validatePodSpec, validatePodSpecUpdate } from './pod-validation.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Pod',
  returnsDeleted: true,
  subresources: { status: true, binding },
  generation: 'spec',

  columns: [
    nameColumn,
    column('Ready', readyText),
    column('Status', statusText),
    column('Restarts', restartsText),
    ageColumn,
    column('IP', ({ status }) => status?.podIP || '<none>', { wide: true }),
    column('Node', ({ spec }) => spec.nodeName || '<none>', { wide: true }),
    column('Nominated Node', ({ status }) => status?.nominatedNodeName || '<none>', { wide: true }),
    column('Readiness Gates', ({ spec, status }) => gatesText(spec, status), { wide: true }),
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy,
    'spec.schedulerName': ({ spec }) => spec.schedulerName,
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIP ?? '',
    'status.podIPs': ({ status }) => status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
  defaults(pod) {
    pod.spec ??= {};
    for (const { resources } of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
      // What is limited is requested, unless it says otherwise.
      if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
    }
    pod.spec.enableServiceLinks ??= true;
    defaultPodSpec(pod.spec);
    // Go writes a time that is not set as null here.
    for (const condition of pod.status?.conditions ?? []) condition.lastProbeTime ??= null;
  },
  admit(pod, old, context) {
    if (!old) admitPod(pod, context);
  },
  prepareForCreate(pod) {
    pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) };
  },
  validate: (pod, old, context) => [
    ...validatePodSpec(pod.spec, 'spec'),
    ...(old && !isBinding(context, pod) ? validatePodSpecUpdate(pod.spec, old.spec) : []),
  ],
  gracePeriod({ spec, status }, requested) {
    // Nobody runs it, so nobody has to end it.
    if (!spec.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0;
    return requested ?? spec.terminationGracePeriodSeconds ?? 30;
  },
} satisfies Resource as Resource;

function gatesText(spec: Fields, status: Fields): string {
  const gates: Fields[] = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const isTrue = (type: string) =>
    status?.conditions?.some((c: Fields) => c.type === type && c.status === 'True');
  return `${gates.filter((gate) => isTrue(gate.conditionType)).length}/${gates.length}`;
}
