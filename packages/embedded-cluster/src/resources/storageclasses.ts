import type { KubeObject } from '../object.ts';
import { ageColumn, column, nameColumn } from './columns.ts';
import type { Context, Resource } from './resource.ts';

export default {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.StorageClass',
  returnsDeleted: true,

  columns: [
    {
      ...nameColumn,
      value: ({ metadata }) => (isDefault(metadata) ? `${metadata.name} (default)` : metadata.name),
    },
    column('Provisioner', ({ provisioner }) => provisioner),
    column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy),
    column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode),
    column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    ageColumn,
  ],
  defaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
} satisfies Resource as Resource;

/** The class of claims that name none: the newest one that says so. */
export function defaultClass(context: Pick<Context, 'list'>): KubeObject | undefined {
  return context
    .list({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' })
    .filter(({ metadata }) => isDefault(metadata))
    .sort((a, b) => (a.metadata.creationTimestamp! < b.metadata.creationTimestamp! ? 1 : -1))[0];
}

function isDefault({ annotations }: KubeObject['metadata']): boolean {
  return annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
}
