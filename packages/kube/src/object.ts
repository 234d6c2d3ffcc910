/** What every object carries, as the server sends it: times are RFC 3339 strings. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
  // biome-ignore lint/suspicious/noExplicitAny: an object may carry fields that no type here knows
  [field: string]: any;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One owner of fields; `fieldsV1` is the set of paths it owns, as nested `f:` keys. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: Record<string, unknown>;
  subresource?: string;
}

/** Plain JSON, exactly as the server sent it: unknown fields are kept, nothing is converted. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  // biome-ignore-start lint/suspicious/noExplicitAny: the shape is the kind's own
  spec?: any;
  status?: any;
  data?: any;
  [field: string]: any;
  // biome-ignore-end lint/suspicious/noExplicitAny: the shape is the kind's own
}

/** What may be sent: the server fills in the rest of the metadata. */
export type NewObject = Omit<KubeObject, 'metadata'> & {
  apiVersion: string;
  kind: string;
  metadata: Partial<ObjectMeta>;
};

/** Where an object is. `namespace` is absent for cluster-scoped kinds, and means the kubeconfig's own otherwise. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
}

export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** How an object is named to people: `Deployment shop/web`. */
export function nameOf(object: { kind: string; name?: string; namespace?: string }): string {
  return `${object.kind} ${object.namespace ? `${object.namespace}/` : ''}${object.name ?? ''}`.trim();
}
