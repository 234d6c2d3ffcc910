import type { KubeObject } from '../object.ts';

/** Annotations that controllers keep for themselves. */
const THEIRS = ['deployment.kubernetes.io/revision', 'deprecated.daemonset.template.generation'];

/** What a night must leave as it was: spec, labels, annotations, and who owns which field of them. */
export function essence(object: KubeObject) {
  const { labels, annotations = {}, managedFields = [] } = object.metadata;
  const kept = Object.entries(annotations).filter(([name]) => !THEIRS.includes(name));
  return {
    spec: object.spec,
    labels: labels ?? {},
    annotations: Object.fromEntries(kept),
    owners: managedFields
      .filter(({ subresource, manager }) => subresource !== 'status' && manager !== 'kube-controller-manager')
      .map(({ time: _, ...entry }) => entry)
      .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
  };
}
