/** Short builders for the OpenAPI v3 schemas of the two CRDs. */

export interface Schema {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  default?: unknown;
  enum?: string[];
  format?: string;
  pattern?: string;
  minimum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  'x-kubernetes-preserve-unknown-fields'?: true;
}

/** `name!` as a property's key marks it required, so that a table of fields reads as one. */
export function object(description: string, fields: Record<string, Schema> = {}, more: Schema = {}): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [key, schema] of Object.entries(fields)) {
    const name = key.endsWith('!') ? key.slice(0, -1) : key;
    properties[name] = schema;
    if (key.endsWith('!')) required.push(name);
  }
  return {
    type: 'object',
    description,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
    ...more,
  };
}

/** An object whose fields are not ours to know. */
export function freeForm(description: string): Schema {
  return { type: 'object', description, 'x-kubernetes-preserve-unknown-fields': true };
}

/** Any JSON value. */
export function anything(description: string): Schema {
  return { description, 'x-kubernetes-preserve-unknown-fields': true };
}

export function text(description: string, rules: Omit<Schema, 'type' | 'description'> = {}): Schema {
  return { type: 'string', description, ...rules };
}

export function integer(description: string, rules: Omit<Schema, 'type' | 'description'> = {}): Schema {
  return { type: 'integer', description, ...rules };
}

export function flag(description: string, preset: boolean): Schema {
  return { type: 'boolean', description, default: preset };
}

export function listOf(items: Schema, description: string, rules: { minItems?: number } = {}): Schema {
  return { type: 'array', description, items, ...rules };
}

/** A reference to a named object: name and namespace are required, the namespace defaults to `default`. */
export function reference(description: string, more: Record<string, Schema> = {}): Schema {
  return object(description, {
    'name!': text('Name of the object.', { minLength: 1, maxLength: 253 }),
    'namespace!': text('Namespace of the object.', { default: 'default', minLength: 1, maxLength: 63 }),
    ...more,
  });
}

/** As {@link reference}, with the looser rules that `spec.helm` has. */
export function looseReference(description: string, more: Record<string, Schema> = {}): Schema {
  return object(description, {
    'name!': text('Name of the object.', { minLength: 1 }),
    'namespace!': text('Namespace of the object.', { default: 'default', minLength: 1 }),
    ...more,
  });
}

export const conditions: Schema = listOf(
  object('One aspect of the state.', {
    'lastTransitionTime!': text('When the status last changed.', { format: 'date-time' }),
    'message!': text('What a person should know.', { maxLength: 32768 }),
    observedGeneration: integer('The metadata.generation that this was said of.', {
      format: 'int64',
      minimum: 0,
    }),
    'reason!': text('The reason in one word.', {
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    }),
    'status!': text('True, False or Unknown.', { enum: ['True', 'False', 'Unknown'] }),
    'type!': text('The name of the condition.', {
      maxLength: 316,
      pattern:
        '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    }),
  }),
  'What is known of the state, one entry for each aspect.',
);

export interface PrinterColumn {
  name: string;
  type: 'string' | 'boolean';
  jsonPath: string;
}

/** A namespaced CRD of batch.forkspacer.com/v1 with a status subresource. */
export function definition(
  names: { kind: string; plural: string; short: string },
  schema: Schema,
  columns: PrinterColumn[],
) {
  const singular = names.kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.batch.forkspacer.com` },
    spec: {
      group: 'batch.forkspacer.com',
      scope: 'Namespaced',
      names: {
        kind: names.kind,
        listKind: `${names.kind}List`,
        plural: names.plural,
        singular,
        shortNames: [names.short],
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}

/** apiVersion, kind and metadata, as every resource has them. */
export const typeMeta: Record<string, Schema> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'object' },
};
