import { ageColumn, column, nameColumn } from './columns.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.Namespace',
  subresources: {
    status: true,
    /** Only here can spec.finalizers be changed; the last one gone ends a namespace that is being deleted. */
    finalize: {
      group: '',
      version: 'v1',
      kind: 'Namespace',
      verbs: ['update'],
      handle: ({ object, body, context }) =>
        context.client.update(
          { ...object, spec: { ...object.spec, finalizers: body.spec?.finalizers ?? [] } },
          { subresource: 'finalize' },
        ),
    },
  },
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  nameRule: 'dns1123label',

  columns: [nameColumn, column('Status', ({ status }) => status?.phase ?? ''), ageColumn],
  selectableFields: { 'status.phase': ({ status }) => status?.phase ?? '' },
  defaults({ metadata }) {
    // Put there on every write, so that it cannot be taken off.
    metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  },
  prepareForCreate(namespace) {
    namespace.spec = { finalizers: ['kubernetes'] };
    namespace.status = { phase: 'Active' };
  },
  prepareForUpdate(namespace, old) {
    namespace.spec = old.spec;
  },
  beginDelete(namespace) {
    delete namespace.metadata.deletionGracePeriodSeconds;
    namespace.status = { ...namespace.status, phase: 'Terminating' };
  },
  heldBack: ({ spec }) => Boolean(spec?.finalizers?.length),
} satisfies Resource as Resource;
