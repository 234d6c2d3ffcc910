import type { KubeObject } from '../object.ts';
import { GENERATION } from '../resources/daemonsets.ts';
import { clone } from '../store/freeze.ts';
import { type Controller, type ControllerOptions, reconciler, refOf, watchOwned } from './controller.ts';
import { claim, isAvailable, isReady, POD, podFrom } from './pods.ts';
import { forgetRevisions, revisionsOf } from './revisions.ts';
import { sameStatus, withoutZeros } from './status-counts.ts';

const DAEMON_SET = { apiVersion: 'apps/v1', kind: 'DaemonSet' };
const NODE = { apiVersion: 'v1', kind: 'Node' };
const LABEL = 'controller-revision-hash';

/** Keeps one Pod on each node that the node selector finds; taints and affinity are not looked at. */
export const daemonSets: Controller = (options) =>
  reconciler(
    options,
    DAEMON_SET,
    (set) => {
      if (set.metadata.deletionTimestamp === undefined) reconcile(options, set);
    },
    (wake) => [
      watchOwned(options.client, POD, DAEMON_SET, wake),
      options.client.watch(NODE, ({ type }) => {
        if (type === 'MODIFIED') return;
        for (const { metadata } of options.client.list(DAEMON_SET)) wake(metadata.namespace, metadata.name);
      }),
    ],
  );

function reconcile(options: ControllerOptions, set: KubeObject): void {
  const { client, clock } = options;
  const { metadata, spec } = set;
  const generation = metadata.annotations?.[GENERATION];
  const revisions = revisionsOf(client, set, {
    label: LABEL,
    ...(generation ? { annotations: { [GENERATION]: generation } } : {}),
  });
  const hash = revisions.at(-1)!.metadata.labels![LABEL]!;
  const wanted = Object.entries(spec.template.spec.nodeSelector ?? {});
  const nodes = client
    .list(NODE)
    .filter(({ metadata: { labels } }) => wanted.every(([key, value]) => labels?.[key] === value))
    .map((node) => node.metadata.name);
  const nodeOf = (pod: KubeObject): string | undefined =>
    pod.spec.nodeName ||
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]
      ?.matchFields?.[0]?.values?.[0];
  let pods = claim(client, set, spec.selector, POD);
  for (const pod of pods) {
    const outdated = spec.updateStrategy.type === 'RollingUpdate' && pod.metadata.labels?.[LABEL] !== hash;
    const lost = !nodes.includes(nodeOf(pod) ?? '');
    if ((outdated || lost) && pod.metadata.deletionTimestamp === undefined) client.delete(refOf(pod));
  }
  pods = claim(client, set, spec.selector, POD);
  for (const node of nodes) {
    if (pods.some((pod) => nodeOf(pod) === node)) continue;
    const pod = podFrom(spec.template, set, `${metadata.name}-`);
    pod.metadata.labels = { ...pod.metadata.labels, [LABEL]: hash };
    const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
    pod.spec.affinity = {
      ...pod.spec.affinity,
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    };
    pods.push(client.create(pod));
  }
  const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const ready = alive.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, spec.minReadySeconds ?? 0, clock.now()));
  const status = {
    currentNumberScheduled: alive.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: ready.length,
    observedGeneration: metadata.generation,
    updatedNumberScheduled: alive.filter((pod) => pod.metadata.labels?.[LABEL] === hash).length,
    numberAvailable: available.length,
    numberUnavailable: nodes.length - available.length,
  };
  if (!sameStatus(status, set.status)) {
    client.update(
      { ...clone(client.get(refOf(set))), status: withoutZeros(status) },
      { subresource: 'status' },
    );
  }
  const used = new Set([revisions.at(-1)!.metadata.name]);
  forgetRevisions(client, revisions, used, spec.revisionHistoryLimit);
}
