import { ageColumn, column, nameColumn } from './columns.ts';
import type { Resource } from './resource.ts';

export default {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  columns: [
    nameColumn,
    column('Controller', ({ metadata }) => {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller);
      if (!owner) return '<none>';
      const group = owner.apiVersion.split('/')[0];
      return `${owner.kind.toLowerCase()}.${group}/${owner.name}`;
    }),
    column('Revision', ({ revision }) => revision),
    ageColumn,
  ],
} satisfies Resource as Resource;
