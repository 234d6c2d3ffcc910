import type { Kind } from '../machinery/kind.ts';
import { apiVersionOf, verbsOf } from '../machinery/kind.ts';
import type { KubeObject } from '../object.ts';
import { type FieldError, invalid } from '../resources/field-errors.ts';
import type { Column, Resource, ScalePaths } from '../resources/resource.ts';
import { builtinSchema } from '../schemas/builtin.ts';
import { decode } from '../schemas/decode.ts';
import { compile, type RawSchema, type Schema } from '../schemas/schema.ts';
import { clone, freeze } from '../store/freeze.ts';
import type { Table } from '../store/store.ts';
import { parseJsonPath } from './json-path.ts';
import { compileRules, validateRules } from './rules.ts';
import { applyDefaults, prune } from './structural.ts';
import { validateLists, validateValue } from './validation.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

interface Version {
  name: string;
  schema?: { openAPIV3Schema?: RawSchema };
  subresources?: { status?: object; scale?: ScalePaths };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
}

interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

/** The kind that one version of a CustomResourceDefinition stands for. */
export function customKind(definition: KubeObject, version: Version, table: Table): Kind {
  const { group, names, scope, preserveUnknownFields, versions } = definition.spec;
  const raw: RawSchema = version.schema?.openAPIV3Schema ?? { type: 'object' };
  const apiVersion = apiVersionOf({ group, version: version.name });
  const storage = versions.find((each: { storage: boolean }) => each.storage) as Version;
  const storedVersion = apiVersionOf({ group, version: storage.name });
  const schema = rootSchema(raw, preserveUnknownFields === true);
  const status = version.subresources?.status !== undefined;
  const rules = compileRules(raw);
  const subresources: Resource['subresources'] = {};
  if (status) subresources.status = true;
  if (version.subresources?.scale) subresources.scale = version.subresources.scale;
  const resource: Resource = {
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames,
    categories: names.categories,
    namespaced: scope === 'Namespaced',
    subresources,
    columns: columnsOf(version.additionalPrinterColumns),
    generation: 'all',
    unconditionalUpdate: false,
  };
  if (version.selectableFields) {
    resource.selectableFields = Object.fromEntries(
      version.selectableFields.map(({ jsonPath }) => {
        const find = parseJsonPath(jsonPath);
        return [jsonPath.replace(/^\./, ''), (object: KubeObject) => String(find(object)[0] ?? '')];
      }),
    );
  }
  const converted = new WeakMap<KubeObject, KubeObject>();
  const kind: Kind & { openapi(): { name: string; schema: RawSchema } } = {
    resource,
    table,
    apiVersion,
    listKind: resource.listKind!,
    builtin: false,
    verbs: verbsOf(resource),
    schema,
    decode(object, unknown) {
      const metadata = { metadata: object.metadata ?? {} };
      decode(metadataSchema(), metadata, unknown);
      object.metadata = metadata.metadata;
      prune(schema, object, '', unknown);
      applyDefaults(schema, object);
    },
    validateSchema(object, old, subresource) {
      const { metadata: _, ...content } = object;
      const errors = validateValue(
        { ...raw, required: raw.required?.filter((key) => key !== 'metadata') ?? [] },
        content,
        '',
      );
      if (object.kind !== resource.kind)
        errors.push(invalid('kind', object.kind, `must be ${resource.kind}`));
      errors.push(...validateLists(raw, content, ''));
      if (errors.length > 0) return subresource === 'status' ? errors.map(fromStatus) : errors;
      return validateRules(rules, raw, object, old);
    },
    toStored(object) {
      object.apiVersion = storedVersion;
      return object;
    },
    fromStored(stored) {
      if (stored.apiVersion === apiVersion) return stored;
      let object = converted.get(stored);
      if (!object) {
        object = clone(stored);
        object.apiVersion = apiVersion;
        prune(schema, object, '', []);
        applyDefaults(schema, object);
        converted.set(stored, freeze(object));
      }
      return object;
    },
    openapi: () => ({
      name: `${group.split('.').reverse().join('.')}.${version.name}.${names.kind}`,
      schema: {
        ...raw,
        properties: {
          ...raw.properties,
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          metadata: { ref: OBJECT_META },
        },
        'x-kubernetes-group-version-kind': [{ group, version: version.name, kind: names.kind }],
      },
    }),
  };
  return kind;
}

let metadataOnly: Schema | undefined;

function metadataSchema(): Schema {
  metadataOnly ??= compile({ type: 'object', properties: { metadata: { ref: OBJECT_META } } }, builtinSchema);
  return metadataOnly;
}

function rootSchema(raw: RawSchema, preserve: boolean): Schema {
  const properties: Record<string, RawSchema> = {
    ...raw.properties,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { ref: OBJECT_META },
  };
  const whole: RawSchema = { ...raw, type: 'object', properties };
  if (preserve) whole['x-kubernetes-preserve-unknown-fields'] = true;
  return compile(whole, builtinSchema);
}

const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  value: (object) => object.metadata.name,
};

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  jsonPath: '.metadata.creationTimestamp',
};

function columnsOf(columns: PrinterColumn[] | undefined): Column[] {
  const listed = columns && columns.length > 0 ? columns : [AGE];
  return [
    NAME,
    ...listed.map((column): Column => {
      const find = parseJsonPath(column.jsonPath);
      return {
        name: column.name,
        type: column.type as Column['type'],
        format: column.format ?? '',
        description:
          column.description || `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
        priority: column.priority ?? 0,
        value(object, age) {
          const [found] = find(object);
          if (found === undefined || found === null) return null;
          switch (column.type) {
            case 'date':
              return age(String(found));
            case 'integer':
              return typeof found === 'number' ? Math.trunc(found) : null;
            case 'number':
              return typeof found === 'number' ? found : null;
            case 'boolean':
              return typeof found === 'boolean' ? found : null;
            default:
              return typeof found === 'object' ? JSON.stringify(found) : String(found);
          }
        },
      };
    }),
  ];
}

/** On /status a real server has validated status by itself: the path inside the text begins there. */
function fromStatus(error: FieldError): FieldError {
  const inner = error.field.replace(/^status\./, '');
  return { ...error, message: error.message.replace(`${error.field} in body`, `${inner} in body`) };
}
