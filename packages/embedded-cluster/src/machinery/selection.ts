import type { KubeObject } from '../object.ts';
import type { Resource } from '../resources/resource.ts';
import {
  type FieldRequirement,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '../selectors.ts';
import { badRequest } from '../status.ts';

const always = (): boolean => true;

/** Which objects a labelSelector and a fieldSelector choose. Throws 400 for fields that cannot be selected by. */
export function selection(
  resource: Resource,
  labelSelector: string | undefined,
  fieldSelector: string | undefined,
): (object: KubeObject) => boolean {
  const labels = parseLabelSelector(labelSelector ?? '');
  const fields = parseFieldSelector(fieldSelector ?? '');
  if (labels.length === 0 && fields.length === 0) return always;
  for (const { field } of fields) {
    if (field === 'metadata.name' || field === 'metadata.namespace' || resource.selectableFields?.[field])
      continue;
    throw badRequest(unknownField(resource, field));
  }
  return (object) =>
    matchesLabels(labels, object.metadata.labels) &&
    fields.every((term) => (selectableValue(resource, object, term) === term.value) === term.equals);
}

function selectableValue(resource: Resource, object: KubeObject, { field }: FieldRequirement): string {
  if (field === 'metadata.name') return object.metadata.name;
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  return resource.selectableFields?.[field]?.(object) ?? '';
}

function unknownField(resource: Resource, field: string): string {
  return resource.selectableFields === undefined
    ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `field label not supported: ${field}`;
}
