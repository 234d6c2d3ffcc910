import { ageColumn, column, nameColumn } from './columns.ts';
import { type FieldError, invalid, required } from './field-errors.ts';
import type { Fields } from './fields.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  subresources: { status: true },

  columns: [
    nameColumn,
    column('Reference', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
    column('Targets', ({ spec }) => (spec.metrics ?? []).map(targetText).join(', ') || '<none>'),
    column('MinPods', ({ spec }) => String(spec.minReplicas ?? '<unset>')),
    column('MaxPods', ({ spec }) => spec.maxReplicas),
    column('Replicas', ({ status }) => status?.currentReplicas ?? 0),
    ageColumn,
  ],
  defaults(autoscaler) {
    autoscaler.spec ??= {};
    const { spec } = autoscaler;
    spec.minReplicas ??= 1;
    spec.metrics ??= [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ];
    autoscaler.status ??= {};
    autoscaler.status.desiredReplicas ??= 0;
    autoscaler.status.currentMetrics ??= null;
  },
  prepareForCreate(autoscaler) {
    autoscaler.status = { desiredReplicas: 0, currentMetrics: null };
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    const target = spec.scaleTargetRef ?? {};
    for (const field of ['kind', 'name'])
      if (!target[field]) errors.push(required(`spec.scaleTargetRef.${field}`));
    if (!target.apiVersion?.includes('/')) {
      errors.push(
        invalid(
          'spec.scaleTargetRef.apiVersion',
          target.apiVersion ?? '',
          'apiVersion must specify API group',
        ),
      );
    }
    if (spec.minReplicas < 1) {
      errors.push(invalid('spec.minReplicas', spec.minReplicas, 'must be greater than or equal to 1'));
    }
    if (!(spec.maxReplicas > 0)) {
      errors.push(invalid('spec.maxReplicas', spec.maxReplicas ?? 0, 'must be greater than 0'));
    }
    if ((spec.maxReplicas ?? 0) < spec.minReplicas) {
      errors.push(
        invalid('spec.maxReplicas', spec.maxReplicas ?? 0, 'must be greater than or equal to `minReplicas`'),
      );
    }
    return errors;
  },
} satisfies Resource as Resource;

function targetText({ resource }: Fields): string {
  if (!resource) return '<unknown>';
  const { averageUtilization, averageValue } = resource.target;
  return `${resource.name}: <unknown>/${averageUtilization === undefined ? averageValue : `${averageUtilization}%`}`;
}
