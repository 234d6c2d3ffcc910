import type { KubeObject } from '../object.ts';
import { forbiddenError } from '../status.ts';
import { same } from '../store/freeze.ts';
import { accessModesText, ageColumn, column, nameColumn } from './columns.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from './field-errors.ts';
import { quantityValue } from './quantities.ts';
import type { Context, Resource } from './resource.ts';
import { defaultClass } from './storageclasses.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  returnsDeleted: true,
  subresources: { status: true },

  columns: [
    nameColumn,
    column('Status', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column('Volume', ({ spec }) => spec.volumeName ?? ''),
    column('Capacity', ({ spec, status }) => (spec.volumeName ? (status?.capacity?.storage ?? '0') : '')),
    column('Access Modes', ({ spec, status }) =>
      spec.volumeName ? accessModesText(status?.accessModes) : '',
    ),
    column('StorageClass', ({ spec }) => spec.storageClassName ?? ''),
    column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    ageColumn,
    column('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>', { wide: true }),
  ],
  defaults(claim) {
    claim.spec ??= {};
    claim.spec.volumeMode ??= 'Filesystem';
    claim.status ??= {};
    claim.status.phase ??= 'Pending';
  },
  admit(claim, old, context) {
    const asked = claim.spec.resources?.requests?.storage;
    if (old) {
      const grows =
        asked &&
        old.spec.volumeName &&
        quantityValue(asked) > quantityValue(old.spec.resources.requests.storage);
      if (grows && !mayGrow(old, context)) {
        throw forbiddenError(
          { group: '', plural: 'persistentvolumeclaims' },
          claim.metadata.name,
          'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
        );
      }
      return;
    }
    claim.spec.storageClassName ??= defaultClass(context)?.metadata.name;
    const finalizers = claim.metadata.finalizers ?? [];
    // Nothing in use goes away: taken off when no Pod uses the claim.
    claim.metadata.finalizers = [...finalizers.filter((name) => name !== PROTECTION), PROTECTION];
  },
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
  },
  validate({ spec, status }, old) {
    const errors: FieldError[] = [];
    const asked = spec.resources?.requests?.storage;
    if (!spec.accessModes?.length) {
      errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
    }
    for (const mode of spec.accessModes ?? []) {
      if (!MODES.includes(mode)) errors.push(notSupported('spec.accessModes', mode, MODES));
    }
    if (asked === undefined) errors.push(required('spec.resources[storage]'));
    else if (quantityValue(asked) <= 0) {
      errors.push(invalid('spec.resources[storage]', asked, 'must be greater than zero'));
    }
    if (!old) return errors;
    // A claim without a volume takes its class and its volume once.
    const once = old.spec.volumeName
      ? []
      : ['volumeName', ...(old.spec.storageClassName ? [] : ['storageClassName'])];
    const fixed = (of: object) =>
      Object.fromEntries(Object.entries(of).filter(([field]) => ![...CHANGEABLE, ...once].includes(field)));
    if (!same(fixed(spec), fixed(old.spec))) {
      errors.push(
        forbidden(
          'spec',
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
        ),
      );
    }
    const capacity = status?.capacity?.storage;
    const isChanged = asked !== old.spec.resources.requests.storage;
    if (isChanged && asked && capacity && quantityValue(asked) < quantityValue(capacity)) {
      errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
    }
    return errors;
  },
} satisfies Resource as Resource;

const PROTECTION = 'kubernetes.io/pvc-protection';
const CHANGEABLE = ['resources', 'volumeAttributesClassName'];
const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function mayGrow({ spec }: KubeObject, context: Context): boolean {
  const ref = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };
  return Boolean(
    spec.storageClassName && context.find({ ...ref, name: spec.storageClassName })?.allowVolumeExpansion,
  );
}
