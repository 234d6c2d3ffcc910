import { accessModesText, ageColumn, column, nameColumn } from './columns.ts';
import { type FieldError, required } from './field-errors.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  returnsDeleted: true,
  subresources: { status: true },

  columns: [
    nameColumn,
    column('Capacity', ({ spec }) => spec.capacity?.storage ?? '0'),
    column('Access Modes', ({ spec }) => accessModesText(spec.accessModes)),
    column('Reclaim Policy', ({ spec }) => spec.persistentVolumeReclaimPolicy),
    column('Status', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column('Claim', ({ spec }) => (spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')),
    column('StorageClass', ({ spec }) => spec.storageClassName ?? ''),
    column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    column('Reason', ({ status }) => status?.reason ?? ''),
    ageColumn,
    column('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>', { wide: true }),
  ],
  defaults(volume) {
    volume.spec ??= {};
    volume.spec.persistentVolumeReclaimPolicy ??= 'Retain';
    volume.spec.volumeMode ??= 'Filesystem';
    if (volume.spec.hostPath) volume.spec.hostPath.type ??= '';
  },
  admit(volume, old) {
    if (old) return;
    const finalizers = volume.metadata.finalizers ?? [];
    volume.metadata.finalizers = [...finalizers.filter((name) => name !== PROTECTION), PROTECTION];
  },
  prepareForCreate(volume, context) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: context.now() };
  },
  prepareForStatusUpdate(volume, old, context) {
    if (volume.status?.phase !== old.status?.phase) volume.status.lastPhaseTransitionTime = context.now();
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!spec.accessModes?.length) errors.push(required('spec.accessModes'));
    if (!spec.capacity) errors.push(required('spec.capacity'));
    return errors;
  },
} satisfies Resource as Resource;

const PROTECTION = 'kubernetes.io/pv-protection';
