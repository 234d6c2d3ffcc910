import { ageColumn, column, nameColumn } from './columns.ts';
import { validateDataKeys, validateImmutable, validateSize } from './config-data.ts';
import { invalid } from './field-errors.ts';
import type { Resource } from './resource.ts';

export default {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ConfigMap',

  columns: [
    nameColumn,
    column(
      'Data',
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    ),
    ageColumn,
  ],
  validate(object, old) {
    const { data = {}, binaryData = {} } = object;
    return [
      ...validateDataKeys(data, 'data'),
      ...validateDataKeys(binaryData, 'binaryData'),
      ...Object.keys(data)
        .filter((key) => key in binaryData)
        .map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
      // An empty path, as the real server writes it.
      ...validateSize(data, binaryData, '[]'),
      ...validateImmutable(object, old, ['data', 'binaryData']),
    ];
  },
} satisfies Resource as Resource;
