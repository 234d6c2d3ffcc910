import type { Field, Kind } from './kind.ts';

/**
 * Flux 2.7 (fluxcd.io/flux/components: Kustomization v1, HelmRelease v2): `spec.suspend` stops reconciliation, what
 * `flux suspend` sets too. A reconciliation that is under way ends.
 */
const suspend: Field = { path: ['spec', 'suspend'], asleep: () => true };

export const kustomization: Kind = {
  group: 'kustomize.toolkit.fluxcd.io',
  versions: ['v1', 'v1beta2'],
  kind: 'Kustomization',
  turn: 'reconciler',
  fields: () => [suspend],
  rests: 'suspended already, by its owner',
  isAsleep: () => true,
  isReady: () => true,
};

export const helmRelease: Kind = {
  ...kustomization,
  group: 'helm.toolkit.fluxcd.io',
  versions: ['v2', 'v2beta2', 'v2beta1'],
  kind: 'HelmRelease',
};
