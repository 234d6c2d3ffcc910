import { CelError } from '../crd/cel.ts';
import { compileRules, RULES } from '../crd/rules.ts';
import { nameProblems } from '../machinery/metadata.ts';
import type { RawSchema } from '../schemas/schema.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from './field-errors.ts';
import type { Resource } from './resource.ts';

/** Holds a deleted definition until its objects are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  schema?: { openAPIV3Schema?: RawSchema };
}

export default {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  subresources: { status: true },
  generation: 'spec',
  unconditionalUpdate: false,
  columns: [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      description:
        'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
      value: (object) => object.metadata.name,
    },
    {
      name: 'Created At',
      type: 'date',
      description:
        'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
      value: (object) => object.metadata.creationTimestamp ?? null,
    },
  ],

  defaults({ spec }) {
    if (!spec) return;
    spec.conversion ??= { strategy: 'None' };
    spec.names ??= {};
    const { kind } = spec.names;
    if (kind) {
      spec.names.singular ||= kind.toLowerCase();
      spec.names.listKind ||= `${kind}List`;
    }
  },

  prepareForCreate(definition) {
    const storage = (definition.spec?.versions as Version[] | undefined)?.find((each) => each.storage);
    definition.status = {
      conditions: null,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: storage ? [storage.name] : null,
    };
  },

  prepareForUpdate(definition) {
    const storage = (definition.spec?.versions as Version[] | undefined)?.find((each) => each.storage);
    const stored: string[] = definition.status?.storedVersions ?? [];
    if (storage && !stored.includes(storage.name)) {
      definition.status = { ...definition.status, storedVersions: [...stored, storage.name] };
    }
  },

  validate(definition, old) {
    const { spec, metadata } = definition;
    const errors: FieldError[] = [];
    const versions: Version[] = spec?.versions ?? [];
    const { names = {}, group } = spec ?? {};
    if (metadata.name !== `${names.plural}.${group}`) {
      errors.push(invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
    }
    if (!group) errors.push(required('spec.group'));
    else {
      for (const problem of nameProblems('dns1123subdomain', group))
        errors.push(invalid('spec.group', group, problem));
      if (!group.includes('.'))
        errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
    }
    if (!spec?.scope) errors.push(required('spec.scope'));
    else if (spec.scope !== 'Namespaced' && spec.scope !== 'Cluster') {
      errors.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
    }
    for (const key of ['plural', 'singular', 'kind', 'listKind']) {
      const name = names[key];
      if (!name) {
        // The two that have a default are empty only together with what they come from.
        if (key === 'plural' || key === 'kind') errors.push(required(`spec.names.${key}`));
        continue;
      }
      const checked = key === 'kind' || key === 'listKind' ? name.toLowerCase() : name;
      for (const problem of nameProblems('dns1035label', checked)) {
        errors.push(invalid(`spec.names.${key}`, name, problem));
      }
    }
    const stored = versions.filter((each) => each.storage);
    if (stored.length !== 1) {
      errors.push(
        invalid(
          'spec.versions',
          versions.map(inGo),
          'must have exactly one version marked as storage version',
        ),
      );
      if (stored.length === 0)
        errors.push(invalid('status.storedVersions', undefined, 'must have at least one stored version'));
    }
    const seen = new Set<string>();
    for (const [index, version] of versions.entries()) {
      const at = `spec.versions[${index}]`;
      if (seen.has(version.name)) errors.push(duplicate(`${at}.name`, version.name));
      seen.add(version.name);
      const schema = version.schema?.openAPIV3Schema;
      if (!schema) {
        errors.push(required(`${at}.schema.openAPIV3Schema`));
        continue;
      }
      // With one version the real server reports the schema where older releases had it.
      const root = versions.length === 1 ? 'spec.validation.openAPIV3Schema' : `${at}.schema.openAPIV3Schema`;
      validateStructure(schema, root, true, errors);
      validateKnown(schema, root, errors);
    }
    if (spec?.conversion?.strategy !== 'None') {
      errors.push(
        forbidden(
          'spec.conversion.strategy',
          'the embedded cluster calls no webhooks: only None is possible',
        ),
      );
    }
    if (old) {
      for (const key of ['group', 'scope'] as const) {
        if (old.spec[key] !== spec[key]) errors.push(invalid(`spec.${key}`, spec[key], 'field is immutable'));
      }
      const missing = (old.status?.storedVersions ?? []).filter((each: string) => !seen.has(each));
      for (const name of missing) {
        const at = `status.storedVersions[${old.status.storedVersions.indexOf(name)}]`;
        errors.push(
          invalid(
            at,
            name,
            `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
          ),
        );
      }
    }
    return errors;
  },

  beginDelete(definition, context) {
    // Deletion is put on by the kind's own code: no grace period is written, and the generation stays.
    delete definition.metadata.deletionGracePeriodSeconds;
    if (definition.metadata.generation) definition.metadata.generation--;
    definition.metadata.finalizers = [...(definition.metadata.finalizers ?? []), CLEANUP];
    definition.status.conditions = [
      ...(definition.status.conditions ?? []),
      {
        type: 'Terminating',
        status: 'True',
        lastTransitionTime: context.now(),
        reason: 'InstanceDeletionPending',
        message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      },
    ];
  },
  heldBack: ({ metadata }) => metadata.deletionTimestamp === undefined,
} satisfies Resource as Resource;

/** A version as Go prints the internal type. */
function inGo({ name, served, storage }: Version): object {
  return {
    Name: name,
    Served: served,
    Storage: storage,
    Deprecated: false,
    DeprecationWarning: null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  };
}

/** A schema is structural when every field has a type. */
function validateStructure(schema: RawSchema, path: string, root: boolean, errors: FieldError[]): void {
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const either = schema['x-kubernetes-int-or-string'] === true;
  if (schema.type === undefined && !open && !either) {
    const what = root ? 'at the root' : path.endsWith('.items') ? 'array items' : 'object fields';
    errors.push(
      required(
        `${path}.type`,
        root ? 'must not be empty at the root' : `must not be empty for specified ${what}`,
      ),
    );
  } else if (root && schema.type !== 'object')
    errors.push(invalid(`${path}.type`, schema.type, 'must be object at the root'));
  else if (schema.type !== undefined && !TYPES.includes(schema.type)) {
    errors.push(notSupported(`${path}.type`, schema.type, TYPES));
  }
  if (schema.type === 'array' && !schema.items) errors.push(required(`${path}.items`, 'must be specified'));
  if (schema.properties && schema.additionalProperties) {
    errors.push(
      forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    );
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    validateStructure(inner, `${path}.properties[${name}]`, false, errors);
  }
  if (schema.items) validateStructure(schema.items, `${path}.items`, false, errors);
  if (typeof schema.additionalProperties === 'object') {
    validateStructure(schema.additionalProperties, `${path}.additionalProperties`, false, errors);
  }
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** What this server could not enforce is refused, not accepted and forgotten. */
function validateKnown(schema: RawSchema, path: string, errors: FieldError[]): void {
  try {
    compileRules(schema);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    errors.push(
      forbidden(`${path}.${RULES}`, `the embedded cluster knows only simple rules: ${error.message}`),
    );
  }
}
