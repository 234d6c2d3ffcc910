import { isReady } from '../../ready.ts';
import { valueAt } from '../fields.ts';
import type { Field, Kind } from './kind.ts';

/** The second name is the old one, which still counts. */
const FLOORS = ['autoscaling.knative.dev/min-scale', 'autoscaling.knative.dev/minScale'].map(
  (name): Field => ({ path: ['spec', 'template', 'metadata', 'annotations', name], asleep: () => '0' }),
);

/**
 * Knative Serving 1.19 (knative.dev/docs/serving/autoscaling/scale-bounds): a Service goes to zero by itself when nobody
 * calls it, unless its template keeps a floor. Parking takes the floor away: a call by night still wakes it. Each change
 * of the template is a new Revision, which Knative collects.
 */
export const knativeService: Kind = {
  group: 'serving.knative.dev',
  versions: ['v1'],
  kind: 'Service',
  turn: 'workload',
  fields: (object) => FLOORS.filter(({ path }) => valueAt(object, path) !== undefined),
  rests: 'goes to zero by itself when nobody calls it',
  leaves: ({ spec }) =>
    spec?.template?.metadata?.name === undefined
      ? undefined
      : 'names its revision, and could not be changed without a new name',
  isAsleep: () => true,
  isReady,
};
