import type { KubeObject } from '../../object.ts';
import type { Field, Kind } from './kind.ts';

/** Asleep, it may lower its target and not lift it. Written into a behavior, the server fills in the rest of it. */
const scaleUp: Field = { path: ['spec', 'behavior', 'scaleUp', 'selectPolicy'], asleep: () => 'Disabled' };
const behavior: Field = {
  path: ['spec', 'behavior'],
  asleep: () => ({ scaleUp: { selectPolicy: 'Disabled' } }),
};

/**
 * It rests by itself while its target is at zero, but for one with `minReplicas: 0` (feature gate HPAScaleToZero),
 * which would lift it: there scaling up is disabled (horizontal.go, reconcileAutoscaler; Kubernetes 1.35).
 */
export const horizontalPodAutoscaler: Kind = {
  group: 'autoscaling',
  versions: ['v2'],
  kind: 'HorizontalPodAutoscaler',
  builtin: true,
  turn: 'autoscaler',
  fields: ({ spec }) => [spec?.behavior ? scaleUp : behavior],
  rests: 'lifts nothing already, by its owner',
  leaves: ({ spec }) => (spec?.minReplicas === 0 ? undefined : 'rests while its target is at zero'),
  isAsleep: () => true,
  isReady: () => true,
  targetOf: ({ spec }) => targetOf(spec?.scaleTargetRef),
  limitsOf: ({ spec }: KubeObject) => ({ min: spec.minReplicas ?? 1, max: spec.maxReplicas }),
};

export function targetOf(
  ref: { apiVersion?: string; kind?: string; name: string } | undefined,
): { group: string; kind: string; name: string } | undefined {
  if (!ref) return undefined;
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = ref;
  return { group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '', kind, name };
}
