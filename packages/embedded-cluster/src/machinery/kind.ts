import type { KubeObject } from '../object.ts';
import type { FieldError } from '../resources/field-errors.ts';
import type { Resource, Verb } from '../resources/resource.ts';
import { builtinSchema } from '../schemas/builtin.ts';
import { decode } from '../schemas/decode.ts';
import type { Schema } from '../schemas/schema.ts';
import { anything } from '../schemas/schema.ts';
import { clone, freeze } from '../store/freeze.ts';
import type { Table } from '../store/store.ts';

const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** A resource as it is served: with its table, its schema, and how bodies are read. */
export interface Kind {
  readonly resource: Resource;
  readonly table: Table;
  readonly apiVersion: string;
  readonly listKind: string;
  readonly builtin: boolean;
  readonly verbs: readonly Verb[];
  readonly schema: Schema;
  /**
   * Brings a body into shape, in place: types, pruning, defaults. `unknown` collects paths that were dropped.
   * Returns what is wrong by schema, for kinds whose schema is validated instead of decoded.
   */
  decode(object: KubeObject, unknown: string[]): void;
  validateSchema(object: KubeObject, old: KubeObject | undefined, subresource?: string): FieldError[];
  /** From and to the form that the table keeps. `toStored` changes in place; `fromStored` caches. */
  toStored(object: KubeObject): KubeObject;
  fromStored(stored: KubeObject): KubeObject;
}

export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

export function verbsOf(resource: Resource): readonly Verb[] {
  return resource.verbs ?? ALL_VERBS;
}

export function builtinKind(resource: Resource, table: Table): Kind {
  const apiVersion = apiVersionOf(resource);
  const { storedAs } = resource;
  const converted = new WeakMap<KubeObject, KubeObject>();
  return {
    resource,
    table,
    apiVersion,
    listKind: resource.listKind ?? `${resource.kind}List`,
    builtin: true,
    verbs: verbsOf(resource),
    get schema() {
      return resource.schema === undefined ? anything : builtinSchema(resource.schema);
    },
    decode(object, unknown) {
      if (resource.schema !== undefined) decode(builtinSchema(resource.schema), object, unknown);
      object.metadata ??= {} as KubeObject['metadata'];
      resource.defaults?.(object);
      // Defaults may copy labels where there are none.
      const { metadata } = object;
      if (metadata.labels && Object.keys(metadata.labels).length === 0) delete metadata.labels;
    },
    validateSchema: () => [],
    toStored(object) {
      if (!storedAs) return object;
      storedAs.toStored(object);
      object.apiVersion = storedAs.group === '' ? 'v1' : `${storedAs.group}/v1`;
      return object;
    },
    fromStored(stored) {
      if (!storedAs) return stored;
      let object = converted.get(stored);
      if (!object) {
        object = clone(stored);
        storedAs.fromStored(object);
        object.apiVersion = apiVersion;
        converted.set(stored, freeze(object));
      }
      return object;
    },
  };
}
