import type { KubeObject, ObjectRef } from '../object.ts';
import type { FieldError } from './field-errors.ts';

/**
 * One kind in one version: everything the API machinery has to know about it.
 *
 * The machinery does what is the same for all kinds: metadata, names, uids, generations, resourceVersions,
 * finalizers, managedFields, pruning of unknown fields by schema, status and scale subresources. A resource adds
 * what is its own. Hooks get an object of their own to change in place (a clone of what was sent); `old` and
 * everything that `context` returns is frozen.
 */
export interface Resource {
  /** '' for the core group. */
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  /** `<kind>List` when left out. */
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
  namespaced: boolean;
  /** All eight (create, delete, deletecollection, get, list, patch, update, watch) when left out. */
  verbs?: Verb[];

  /** Name of the schema in schemas.generated.json, such as `io.k8s.api.apps.v1.Deployment`. */
  schema?: string;
  subresources?: Subresources;
  columns?: Column[];

  /** What may be a name here; dns1123subdomain when left out. */
  nameRule?: NameRule;
  /** PUT to a name that does not exist creates it. Default false. */
  createOnUpdate?: boolean;
  /** PUT without metadata.resourceVersion is accepted. Default true. */
  unconditionalUpdate?: boolean;
  /**
   * Whether metadata.generation is kept (1 on create, one more on every change): 'spec' counts changes
   * of the spec, 'specAndAnnotations' those of annotations too (Deployments), 'all' everything but metadata and
   * status. Default: none.
   */
  generation?: 'spec' | 'specAndAnnotations' | 'all';
  /** `status` sent on create is kept (Nodes). Default: dropped when there is a status subresource. */
  keepsStatusOnCreate?: boolean;
  /** What DELETE does with dependents when the caller names no propagationPolicy. Default 'Background'. */
  propagation?: 'Background' | 'Orphan';
  /** A warning that goes with every answer. */
  deprecated?: string;
  /** A warning that goes with a DELETE that names no propagationPolicy. */
  deleteWarning?: string;
  /** DELETE answers with the object, not with a Status. */
  returnsDeleted?: boolean;
  /** Fields for fieldSelector besides metadata.name and metadata.namespace, with the value as a string. */
  selectableFields?: Record<string, (object: KubeObject) => string>;

  /**
   * Another group and plural under which objects of this kind are kept, for a kind that is served by two API
   * groups or versions (Event). `toStored` and `fromStored` convert; the machinery sets apiVersion and kind.
   */
  storedAs?: {
    group: string;
    plural: string;
    toStored(object: KubeObject): void;
    fromStored(object: KubeObject): void;
  };

  /** Fills in defaults; runs on everything that is written, and must be idempotent. */
  defaults?(object: KubeObject): void;
  /** Runs on create after defaults, before validate. Status is dropped by then where it has to be. */
  prepareForCreate?(object: KubeObject, context: Context): void;
  /** Runs on PUT, PATCH and apply of the main resource; status is the old one by then. */
  prepareForUpdate?(object: KubeObject, old: KubeObject, context: Context): void;
  /** Runs on writes of /status; everything but metadata and status is the old one by then. */
  prepareForStatusUpdate?(object: KubeObject, old: KubeObject, context: Context): void;
  /** All that is wrong with it; `old` is undefined on create. Metadata has been checked by the machinery. */
  validate?(object: KubeObject, old: KubeObject | undefined, context: Context): FieldError[];
  validateStatus?(object: KubeObject, old: KubeObject, context: Context): FieldError[];
  /**
   * Refuses or changes a create for reasons outside the object, as admission plugins do (throw a StatusError from
   * status.ts). Runs before prepareForCreate.
   */
  admit?(object: KubeObject, old: KubeObject | undefined, context: Context): void;
  /**
   * Seconds between DELETE and the end of the object. `requested` is the caller's gracePeriodSeconds. 0 or no
   * hook: it goes at once (unless finalizers hold it). Used by Pods.
   */
  gracePeriod?(object: KubeObject, requested: number | undefined): number;
  /** Runs when a deletionTimestamp is put on the object; changes it in place (Namespace: status.phase). */
  beginDelete?(object: KubeObject, context: Context): void;
  /** Whether more than metadata.finalizers holds the object (Namespace: spec.finalizers). */
  heldBack?(object: KubeObject): boolean;

  /** A kind that is answered and not kept (SelfSubjectAccessReview): POST only. */
  answer?(object: KubeObject, context: Context): KubeObject;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface Subresources {
  status?: boolean;
  scale?: ScalePaths;
  /** Others by name, such as `eviction`. */
  [name: string]: boolean | ScalePaths | CustomSubresource | undefined;
}

/** JSON paths with a leading dot, as in a CRD. */
export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  /** A string, or a LabelSelector object (which is written as a string then). */
  labelSelectorPath?: string;
}

/** POST or PUT to `<object>/<name>`; the answer is sent as it is. `object` is frozen. */
export interface CustomSubresource {
  group: string;
  version: string;
  kind: string;
  verbs: ('create' | 'update' | 'get')[];
  handle(call: { object: KubeObject; body: KubeObject; context: Context; dryRun: boolean }): KubeObject;
}

export type NameRule = 'dns1123subdomain' | 'dns1123label' | 'dns1035label' | 'pathSegment';

/** What hooks may know of the rest of the cluster. */
export interface Context {
  /** The cluster's time, as metadata writes it: RFC 3339 in whole seconds. */
  now(): string;
  /** The same in milliseconds since 1970. */
  time(): number;
  find(ref: ObjectRef): KubeObject | undefined;
  list(query: { apiVersion: string; kind: string; namespace?: string }): KubeObject[];
  /** Something to be kept per cluster, made on first use (the next free Service address). */
  keep<T>(key: string, make: () => T): T;
  /** Writes on behalf of a hook or subresource; no part of the caller's request. */
  client: import('../client.ts').Client;
}

/** A column of `kubectl get`. Priority 1 is shown with `-o wide`. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  description?: string;
  priority?: number;
  /** The cell: what a real server would send. `age` writes a time as `5m` or `<unknown>`. */
  value(object: KubeObject, age: (time: string | undefined) => string): string | number | boolean | null;
}
