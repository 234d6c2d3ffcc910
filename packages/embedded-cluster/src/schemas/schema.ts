/**
 * What a value may look like, in the one form that everything works on: decoding and pruning, field sets and
 * server-side apply, strategic merge. Built-in kinds and CustomResourceDefinitions are both brought into it.
 */
export interface Schema {
  type: 'object' | 'map' | 'list' | 'string' | 'integer' | 'number' | 'boolean' | 'intOrString' | 'any';
  /** Go's name of a struct, `v1.PodSpec`, for messages. */
  goType?: string;
  format?: string;
  /** Of an object. */
  fields?: Map<string, Field>;
  /** Unknown fields of an object are kept. */
  open?: boolean;
  /** Of a list or a map. */
  items?: Schema;
  /** Of a list; atomic when left out. */
  listType?: 'map' | 'set' | 'atomic';
  mapKeys?: string[];
  /** An object or map that is one value: its fields have no owners of their own. */
  atomic?: boolean;
  /** An object with apiVersion, kind and metadata of its own inside a custom resource. */
  embedded?: boolean;
  nullable?: boolean;
}

export interface Field {
  schema: Schema;
  required: boolean;
  /** Go writes it even when it is empty: a struct. */
  alwaysThere: boolean;
  /** The value is left out when it is zero (0, false, ''), as Go leaves out what is no pointer. */
  omitZero: boolean;
  default?: unknown;
  patchStrategy?: string[];
  patchMergeKey?: string;
}

/** The raw form in schemas.generated.json and in `openAPIV3Schema`. */
export interface RawSchema {
  type?: string;
  format?: string;
  ref?: string;
  properties?: Record<string, RawSchema>;
  additionalProperties?: RawSchema | boolean;
  items?: RawSchema;
  required?: string[];
  default?: unknown;
  nullable?: boolean;
  oneOf?: RawSchema[];
  'x-kubernetes-list-type'?: 'map' | 'set' | 'atomic';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'granular' | 'atomic';
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  [keyword: string]: unknown;
}

export const anything: Schema = { type: 'any' };

/** Compiles a raw schema; `resolve` answers for `ref`. */
export function compile(raw: RawSchema, resolve: (name: string) => Schema, goType?: string): Schema {
  const schema: Schema = { type: 'any' };
  fill(schema, raw, resolve, goType);
  return schema;
}

/** The same into a given object, so that a schema can contain itself. */
export function fill(
  schema: Schema,
  raw: RawSchema,
  resolve: (name: string) => Schema,
  goType: string | undefined,
): void {
  if (goType !== undefined) schema.goType = goType;
  if (raw.format !== undefined) schema.format = raw.format;
  if (raw.nullable) schema.nullable = true;
  if (raw['x-kubernetes-embedded-resource']) schema.embedded = true;
  if (raw['x-kubernetes-int-or-string'] || raw.format === 'int-or-string') {
    schema.type = 'intOrString';
    return;
  }
  if (goType === 'resource.Quantity') {
    schema.type = 'string';
    schema.format = 'quantity';
    return;
  }
  const sub = (inner: RawSchema): Schema =>
    inner.ref === undefined ? compile(inner, resolve) : resolve(inner.ref);
  switch (raw.type) {
    case 'array': {
      schema.type = 'list';
      schema.items = raw.items ? sub(raw.items) : anything;
      schema.listType = raw['x-kubernetes-list-type'] ?? 'atomic';
      // The older markers of built-in kinds say the same as list-type where that is not given.
      if (raw['x-kubernetes-list-map-keys']) schema.mapKeys = raw['x-kubernetes-list-map-keys'];
      return;
    }
    case 'object': {
      if (raw['x-kubernetes-map-type'] === 'atomic') schema.atomic = true;
      if (raw.properties === undefined && typeof raw.additionalProperties === 'object') {
        schema.type = 'map';
        schema.items = sub(raw.additionalProperties);
        return;
      }
      const open = raw['x-kubernetes-preserve-unknown-fields'] === true || raw.additionalProperties === true;
      if (raw.properties === undefined && (open || goType !== undefined)) {
        // RawExtension, FieldsV1 and the like: JSON of any shape.
        // Of a custom resource its fields have owners of their own, in a built-in kind it is one value.
        schema.type = open && goType === undefined ? 'object' : 'any';
        if (schema.type === 'any') schema.atomic = true;
        schema.fields = new Map();
        schema.open = open;
        return;
      }
      schema.type = 'object';
      schema.open = open;
      schema.fields = new Map();
      const required = new Set(raw.required);
      for (const [name, property] of Object.entries(raw.properties ?? {})) {
        const inner = sub(property);
        const field: Field = {
          schema: inner,
          required: required.has(name),
          alwaysThere:
            property.default !== undefined &&
            inner.type === 'object' &&
            goType !== undefined &&
            isEmpty(property.default),
          omitZero: property['x-omit-zero'] === true,
        };
        if (property.default !== undefined) field.default = property.default;
        const strategy = property['x-kubernetes-patch-strategy'];
        if (strategy !== undefined) field.patchStrategy = strategy.split(',');
        const key = property['x-kubernetes-patch-merge-key'];
        if (key !== undefined) field.patchMergeKey = key;
        schema.fields.set(name, field);
      }
      return;
    }
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      schema.type = raw.type;
      return;
    default:
      schema.type = 'any';
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
