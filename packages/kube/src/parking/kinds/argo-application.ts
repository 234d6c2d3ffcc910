import { annotation } from './annotation.ts';
import type { Kind } from './kind.ts';

/**
 * Argo CD 3.3 (argo-cd.readthedocs.io, user-guide/skip_reconcile; since 2.7): all processing of the Application stops
 * while the annotation is there, syncs and self-healing among it. `spec.syncPolicy` stays as Git has it.
 */
export const argoApplication: Kind = {
  group: 'argoproj.io',
  versions: ['v1alpha1'],
  kind: 'Application',
  turn: 'reconciler',
  fields: () => [annotation('argocd.argoproj.io/skip-reconcile', 'true')],
  rests: 'not reconciled already, by its owner',
  isAsleep: () => true,
  isReady: () => true,
};
