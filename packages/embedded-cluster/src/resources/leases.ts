import { ageColumn, column, nameColumn } from './columns.ts';
import { invalid } from './field-errors.ts';
import { negatives } from './numbers.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  schema: 'io.k8s.api.coordination.v1.Lease',
  createOnUpdate: true,
  unconditionalUpdate: false,

  columns: [nameColumn, column('Holder', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn],
  validate({ spec }) {
    const errors = negatives(spec, 'spec', 'leaseTransitions');
    const seconds = spec?.leaseDurationSeconds;
    if (typeof seconds === 'number' && seconds <= 0) {
      errors.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
    }
    return errors;
  },
} satisfies Resource as Resource;
