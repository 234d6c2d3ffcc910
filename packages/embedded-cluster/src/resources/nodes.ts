import { ageColumn, column, nameColumn } from './columns.ts';
import type { Fields } from './fields.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.Node',
  subresources: { status: true },
  keepsStatusOnCreate: true,
  columns: [
    nameColumn,
    column('Status', ({ spec, status }) => {
      const ready = status?.conditions?.find((c: Fields) => c.type === 'Ready');
      const text = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
      return spec?.unschedulable ? `${text},SchedulingDisabled` : text;
    }),
    column('Roles', ({ metadata }) => roles(metadata.labels).join() || '<none>'),
    ageColumn,
    column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    column('Internal-IP', ({ status }) => address(status, 'InternalIP'), { wide: true }),
    column('External-IP', ({ status }) => address(status, 'ExternalIP'), { wide: true }),
    column('OS-Image', ({ status }) => status?.nodeInfo?.osImage || '<unknown>', { wide: true }),
    column('Kernel-Version', ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>', { wide: true }),
    column('Container-Runtime', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>', {
      wide: true,
    }),
  ],
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false) },
} satisfies Resource as Resource;

const ROLE = 'node-role.kubernetes.io/';

function roles(labels: Record<string, string> = {}): string[] {
  return Object.keys(labels)
    .filter((label) => label.startsWith(ROLE))
    .map((label) => label.slice(ROLE.length))
    .sort();
}

function address(status: Fields, type: string): string {
  return status?.addresses?.find((a: Fields) => a.type === type)?.address ?? '<none>';
}
