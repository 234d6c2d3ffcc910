import type { KubeObject } from '../../object.ts';
import { annotation } from './annotation.ts';
import { targetOf } from './horizontal-pod-autoscaler.ts';
import type { Kind } from './kind.ts';

/*
 * KEDA 2.18 (keda.sh/docs/2.18/concepts/scaling-deployments, "Pausing autoscaling"; scaledobject_types.go,
 * NeedToBePausedByAnnotation): `paused: "true"` stops scaling and leaves the count as it is; `paused-replicas: "N"`
 * counts first, and moves the target to N. A pause with a count of its own would have KEDA set the target to zero
 * before its count was saved, so by night it is a plain pause, and the count of one who paused before comes back in
 * the morning.
 */
const PAUSED = annotation('autoscaling.keda.sh/paused', 'true');
const COUNT = annotation('autoscaling.keda.sh/paused-replicas');

export const scaledObject: Kind = {
  group: 'keda.sh',
  versions: ['v1alpha1'],
  kind: 'ScaledObject',
  turn: 'autoscaler',
  fields: () => [PAUSED, COUNT],
  rests: 'paused already, by its owner',
  isAsleep: () => true,
  isReady: () => true,
  targetOf: ({ spec }) => targetOf(spec?.scaleTargetRef),
  limitsOf: ({ spec }: KubeObject) => ({ min: spec.minReplicaCount ?? 0, max: spec.maxReplicaCount ?? 100 }),
};

/** Makes no new Jobs by night; those that run end by themselves. */
export const scaledJob: Kind = {
  group: 'keda.sh',
  versions: ['v1alpha1'],
  kind: 'ScaledJob',
  turn: 'autoscaler',
  fields: () => [PAUSED],
  rests: 'paused already, by its owner',
  isAsleep: () => true,
  isReady: () => true,
};
