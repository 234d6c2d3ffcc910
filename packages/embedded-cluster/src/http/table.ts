/** Answers as `kubectl get` asks for them: the cells of each row are made here, by the kind's columns. */
import type { Kind } from '../machinery/kind.ts';
import type { KubeObject } from '../object.ts';
import type { Column } from '../resources/resource.ts';

const NAME_DESCRIPTION =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
const AGE_DESCRIPTION =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: NAME_DESCRIPTION,
  value: (object) => object.metadata.name,
};

/** For kinds that name no columns of their own. */
const fallback: Column[] = [
  nameColumn,
  {
    name: 'Created At',
    type: 'date',
    description: AGE_DESCRIPTION,
    value: (object) => object.metadata.creationTimestamp ?? null,
  },
];

export function table(
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: object,
  now: number,
  includeObject: string | null,
  withDefinitions = true,
): object {
  const columns = columnsOf(kind);
  const age = (time: string | undefined): string =>
    time ? humanDuration(now - Date.parse(time)) : '<unknown>';
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withDefinitions
      ? columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
          name,
          type,
          format,
          description,
          priority,
        }))
      : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.value(object, age)),
      object: includeObject === 'None' ? null : includeObject === 'Object' ? object : partial(object),
    })),
  };
}

function columnsOf({ resource }: Kind): Column[] {
  const { columns } = resource;
  if (!columns) return fallback;
  return columns.some(({ name }) => name === 'Name') ? columns : [nameColumn, ...columns];
}

export function partial({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** As k8s.io/apimachinery's duration.HumanDuration: `5m`, `3h20m`, `2d4h`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  const and = (whole: number, unit: string, rest: number, small: string): string =>
    rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${small}`;
  if (minutes < 10) return and(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return and(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return and(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? and(years, 'y', days % 365, 'd') : `${years}y`;
}
