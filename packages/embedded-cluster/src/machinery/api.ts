import { randomUUID } from 'node:crypto';
import type { DeleteOptions } from '../client.ts';
import type { Clock } from '../clock.ts';
import { timestamp } from '../clock.ts';
import { FieldSet } from '../fields/field-set.ts';
import { applyConfiguration, trackUpdate, type Writer } from '../fields/managers.ts';
import { typeProblem } from '../fields/typed.ts';
import type { KubeObject } from '../object.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicMergePatch } from '../patch/strategic.ts';
import { type FieldError, invalid } from '../resources/field-errors.ts';
import type { Context, ScalePaths } from '../resources/resource.ts';
import { builtinSchema } from '../schemas/builtin.ts';
import { DecodeError, decode } from '../schemas/decode.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbiddenError,
  invalidObject,
  notFoundError,
  StatusError,
  staleVersion,
  UnrecognizedBody,
} from '../status.ts';
import { clone, same } from '../store/freeze.ts';
import type { Store } from '../store/store.ts';
import type { Kind } from './kind.ts';
import { carryMetadata, generateName, validateMetadata } from './metadata.ts';
import type { Registry } from './registry.ts';
import { scaleAsObject, scaled, scaleOf, scaleView } from './scale.ts';

export interface WriteOptions {
  manager: string;
  dryRun?: boolean;
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Of apply: take over fields that others own. */
  force?: boolean;
  warn?(text: string): void;
}

export type PatchType = 'merge' | 'json' | 'strategic' | 'apply';

export interface Target {
  kind: Kind;
  /** '' for cluster-scoped kinds. */
  namespace: string;
  name: string;
  /** 'status' or 'scale'; '' for the object itself. */
  subresource?: string;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/**
 * Reads and writes, with every rule that is the same for all kinds. HTTP and the inner client both end here.
 * All of it is synchronous, so that a read and the write that follows are one step.
 */
export class Api {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  /** What hooks see; set by whoever puts the cluster together, since it holds the inner client. */
  context!: Context;

  constructor(store: Store, registry: Registry, clock: Clock) {
    this.store = store;
    this.registry = registry;
    this.clock = clock;
  }

  find({ kind, namespace, name }: Target): KubeObject | undefined {
    const stored = kind.table.get(namespace, name);
    return stored && kind.fromStored(stored);
  }

  get(target: Target): KubeObject {
    const object = this.find(target);
    if (!object) throw notFoundError(target.kind.resource, target.name);
    return target.subresource === 'scale' ? scaleOf(object, scalePaths(target.kind)) : object;
  }

  /** POST. `body` becomes the store's. */
  create(kind: Kind, namespace: string, body: unknown, options: WriteOptions): KubeObject {
    const object = this.#read(kind, body, options, undefined);
    checkNamespace(object, namespace, kind);
    return this.#insert(kind, namespace, object, options, (created) =>
      trackUpdate(
        kind.schema,
        kind.builtin,
        undefined,
        created,
        this.#writer(kind, options, 'Update', ''),
        ignored(kind, ''),
      ),
    );
  }

  /** PUT. */
  update(target: Target, body: unknown, options: WriteOptions): KubeObject {
    const { kind, namespace, name, subresource = '' } = target;
    if (subresource === 'scale') return this.#updateScale(target, body, options);
    const object = this.#read(kind, body, options, undefined);
    checkNamespace(object, namespace, kind);
    if (!object.metadata.name) {
      throw badRequest(
        `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
      );
    }
    if (object.metadata.name !== name) throw badRequest(nameMismatch(object.metadata.name, name));
    const current = this.find(target);
    if (!current) {
      if (kind.resource.createOnUpdate && subresource === '' && !object.metadata.uid) {
        return this.#insert(kind, namespace, object, options, (created) =>
          trackUpdate(
            kind.schema,
            kind.builtin,
            undefined,
            created,
            this.#writer(kind, options, 'Update', ''),
            ignored(kind, ''),
          ),
        );
      }
      throw notFoundError(kind.resource, name);
    }
    this.#checkPreconditions(kind, current, object);
    return this.#replace(target, current, object, options, (next) =>
      this.#track(target, current, next, options),
    );
  }

  patch(target: Target, type: PatchType, patch: unknown, options: WriteOptions): KubeObject {
    const { kind, namespace, name, subresource = '' } = target;
    const current = this.find(target);
    if (type === 'apply') return this.#apply(target, current, patch, options);
    if (!current) throw notFoundError(kind.resource, name);
    if (subresource === 'scale') {
      const paths = scalePaths(kind);
      const scale = scaleOf(current, paths);
      const patched = type === 'json' ? jsonPatch(scale, patch) : mergePatch(scale, patch);
      return this.#updateScale(target, patched, options);
    }
    const patched = this.#patched(kind, current, type, patch, options);
    if (patched.metadata?.name !== name)
      throw badRequest(nameMismatch(String(patched.metadata?.name ?? ''), name));
    checkNamespace(patched, namespace, kind);
    this.#checkPreconditions(kind, current, patched, true);
    return this.#replace(target, current, patched, options, (next) =>
      this.#track(target, current, next, options),
    );
  }

  /** DELETE. Returns what is left of the object, or how it was last, and whether it is gone. */
  delete(
    { kind, namespace, name }: Target,
    deletion: DeleteOptions,
    options: Pick<WriteOptions, 'dryRun'>,
  ): { object: KubeObject; gone: boolean } {
    const current = kind.table.get(namespace, name);
    if (!current) throw notFoundError(kind.resource, name);
    const { resource } = kind;
    const { uid, resourceVersion } = deletion.preconditions ?? {};
    const { metadata } = current;
    const about = { group: resource.group, plural: resource.kind };
    if (uid !== undefined && uid !== metadata.uid) {
      throw conflict(
        about,
        name,
        `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
      throw conflict(
        about,
        name,
        `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
      );
    }
    const served = kind.fromStored(current);
    const grace = resource.gracePeriod?.(served, deletion.gracePeriodSeconds) ?? 0;
    const finalizers = withPropagation(
      metadata.finalizers ?? [],
      deletion.propagationPolicy,
      resource.propagation,
    );
    const held = finalizers.length > 0 || resource.heldBack?.(served) === true;
    if (!held && grace === 0) {
      // Where there is a grace period, one of nothing is written down too.
      const marked = resource.gracePeriod !== undefined && metadata.deletionTimestamp === undefined;
      const last = marked ? this.#ended(kind, served, 0) : served;
      if (options.dryRun) return { object: last, gone: true };
      return { object: kind.fromStored(kind.table.delete(kind.toStored(clone(last)))), gone: true };
    }
    const next = metadata.deletionTimestamp === undefined ? this.#ended(kind, served, grace) : clone(served);
    const added = (next.metadata.finalizers ?? []).filter((each) => !metadata.finalizers?.includes(each));
    const all = [...finalizers, ...added];
    if (all.length > 0) next.metadata.finalizers = all;
    else delete next.metadata.finalizers;
    if (metadata.deletionTimestamp !== undefined && grace < (metadata.deletionGracePeriodSeconds ?? 0)) {
      // A shorter grace than before takes effect; a longer one does not.
      const began =
        Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
      next.metadata.deletionTimestamp = timestamp(Math.max(began, began + grace * 1000));
      next.metadata.deletionGracePeriodSeconds = grace;
    }
    if (options.dryRun || same(next, served)) return { object: next, gone: false };
    return { object: kind.fromStored(kind.table.put(kind.toStored(next))), gone: false };
  }

  /** The object with the marks of a deletion that has begun. */
  #ended({ resource }: Kind, object: KubeObject, grace: number): KubeObject {
    const next = clone(object);
    next.metadata.deletionTimestamp = timestamp(this.clock.now() + grace * 1000);
    next.metadata.deletionGracePeriodSeconds = grace;
    if (next.metadata.generation) next.metadata.generation++;
    resource.beginDelete?.(next, this.context);
    return next;
  }

  /** A subresource with behaviour of its own, such as pods/eviction. */
  subresource(
    target: Target,
    verb: 'create' | 'update' | 'get',
    body: unknown,
    options: WriteOptions,
  ): KubeObject {
    const { kind, subresource = '' } = target;
    const definition = kind.resource.subresources?.[subresource];
    if (typeof definition !== 'object' || !('handle' in definition) || !definition.verbs.includes(verb)) {
      throw new StatusError(
        405,
        'MethodNotAllowed',
        'the server does not allow this method on the requested resource',
        {},
      );
    }
    const object = this.get({ ...target, subresource: '' });
    return definition.handle({
      object,
      body: body as KubeObject,
      context: this.context,
      dryRun: options.dryRun === true,
    });
  }

  /** A body as an object of the kind: its type is right, unknown fields are gone, defaults are in. */
  #read(kind: Kind, body: unknown, options: WriteOptions, patchOf: KubeObject | undefined): KubeObject {
    const { resource, apiVersion } = kind;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      const found = Array.isArray(body) ? 'array' : body === null ? 'null' : typeof body;
      throw new UnrecognizedBody(
        resource.kind,
        `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
      );
    }
    const object = body as KubeObject;
    if (!kind.builtin && (!object.kind || !object.apiVersion) && !patchOf) {
      const missing = object.kind ? 'apiVersion' : 'Kind';
      throw new UnrecognizedBody(
        resource.kind,
        `Object '${missing}' is missing in '${JSON.stringify(object)}'`,
      );
    }
    object.kind ??= resource.kind;
    object.apiVersion ??= apiVersion;
    const sentVersion = object.apiVersion.split('/').at(-1)!;
    if (
      kind.builtin
        ? object.kind !== resource.kind || object.apiVersion !== apiVersion
        : object.apiVersion !== apiVersion
    ) {
      throw this.#wrongKind(kind, object, sentVersion);
    }
    const asSent = patchOf && JSON.stringify(object);
    const unknown: string[] = [];
    try {
      kind.decode(object, unknown);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      if (asSent) throw patchDoesNotFit(asSent, error.message);
      throw badRequest(
        `${resource.kind} in version "${sentVersion}" cannot be handled as a ${resource.kind}: ${error.message}`,
      );
    }
    if (unknown.length > 0 && options.fieldValidation !== 'Ignore') {
      // Of built-in kinds they are told in the order of the body, of custom ones sorted.
      if (!kind.builtin) unknown.sort();
      const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
      if (options.fieldValidation === 'Strict') {
        const message = `strict decoding error: ${texts.join(', ')}`;
        throw asSent
          ? patchDoesNotFit(asSent, message)
          : badRequest(
              `${resource.kind} in version "${sentVersion}" cannot be handled as a ${resource.kind}: ${message}`,
            );
      }
      for (const text of texts) options.warn?.(text);
    }
    object.metadata ??= { name: '' };
    return object;
  }

  #wrongKind({ resource, apiVersion, builtin }: Kind, object: KubeObject, sentVersion: string): StatusError {
    if (!builtin) {
      return badRequest(
        `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersion})`,
      );
    }
    const why = this.registry.byKind(object.apiVersion, object.kind)
      ? `converting (${sentVersion}.${object.kind}) to (${resource.group.split('.')[0] || 'core'}.${resource.kind}): unknown conversion`
      : `no kind "${object.kind}" is registered for version "${object.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`;
    return badRequest(
      `${object.kind} in version "${sentVersion}" cannot be handled as a ${resource.kind}: ${why}`,
    );
  }

  #insert(
    kind: Kind,
    namespace: string,
    object: KubeObject,
    options: WriteOptions,
    track: (object: KubeObject) => void,
  ): KubeObject {
    const { resource } = kind;
    const { metadata } = object;
    if (resource.namespaced) metadata.namespace = namespace;
    if (metadata.resourceVersion) {
      throw new StatusError(500, undefined, 'resourceVersion should not be set on objects to be created');
    }
    this.#checkNamespaceLives(kind, namespace, metadata.name || metadata.generateName || '');
    metadata.name ??= '';
    if (metadata.name === '' && metadata.generateName) {
      do metadata.name = generateName(metadata.generateName);
      while (kind.table.get(namespace, metadata.name));
    }
    delete metadata.managedFields;
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    delete (metadata as { selfLink?: string }).selfLink;
    track(object);
    resource.admit?.(object, undefined, this.context);
    metadata.creationTimestamp = timestamp(this.clock.now());
    metadata.uid = randomUUID();
    if (resource.subresources?.status && !resource.keepsStatusOnCreate) {
      // What Go writes for an empty status: structs in it are there.
      if (kind.builtin) this.#emptyStatus(kind, object);
      else delete object.status;
    }
    if (resource.generation) metadata.generation = 1;
    resource.prepareForCreate?.(object, this.context);
    if (resource.answer) return resource.answer(object, this.context);
    this.#validate(kind, object, [
      ...validateMetadata(object, resource.namespaced, resource.nameRule ?? 'dns1123subdomain', kind.builtin),
      ...kind.validateSchema(object, undefined),
      ...(resource.validate?.(object, undefined, this.context) ?? []),
    ]);
    const existing = kind.table.get(namespace, metadata.name);
    if (existing)
      throw alreadyExists(resource, metadata.name, existing.metadata.deletionTimestamp !== undefined);
    if (options.dryRun) return object;
    return kind.fromStored(kind.table.put(kind.toStored(object)));
  }

  /** What PUT, PATCH and apply have in common once the new object is known. */
  #replace(
    target: Target,
    current: KubeObject,
    object: KubeObject,
    options: WriteOptions,
    track: (object: KubeObject) => void,
  ): KubeObject {
    const { kind, namespace, subresource = '' } = target;
    const { resource } = kind;
    const { metadata } = object;
    if (resource.namespaced) metadata.namespace = namespace;
    metadata.resourceVersion = current.metadata.resourceVersion;
    track(object);
    if (current.metadata.generation === undefined) delete metadata.generation;
    else metadata.generation = current.metadata.generation;
    const errors = carryMetadata(object, current);
    if (subresource === 'status') this.#keepAllButStatus(kind, object, current);
    else if (resource.subresources?.status) {
      if (current.status === undefined) delete object.status;
      else object.status = current.status;
    }
    resource.admit?.(object, current, this.context);
    if (subresource === 'status') resource.prepareForStatusUpdate?.(object, current, this.context);
    else if (subresource === '' || subresource === 'scale') {
      if (resource.generation && generationCounts(resource.generation, object, current, kind)) {
        metadata.generation = (current.metadata.generation ?? 0) + 1;
      }
      resource.prepareForUpdate?.(object, current, this.context);
    }
    // The real server checks metadata twice on every update, and says so.
    const checked = validateMetadata(
      object,
      resource.namespaced,
      resource.nameRule ?? 'dns1123subdomain',
      kind.builtin,
    );
    errors.push(...checked, ...errors);
    errors.push(
      ...checked,
      ...kind.validateSchema(object, current, subresource),
      ...(subresource === 'status'
        ? (resource.validateStatus?.(object, current, this.context) ?? [])
        : (resource.validate?.(object, current, this.context) ?? [])),
    );
    this.#validate(kind, object, errors);
    if (options.dryRun) return object;
    if (sameButTimes(object, current)) return current;
    const stored = kind.toStored(object);
    const released =
      metadata.deletionTimestamp !== undefined &&
      (metadata.finalizers ?? []).length === 0 &&
      (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
      resource.heldBack?.(object) !== true;
    if (released) {
      // The answer has the version from before the deletion.
      kind.table.delete(stored);
      return kind.fromStored(stored);
    }
    return kind.fromStored(kind.table.put(stored));
  }

  #patched(
    kind: Kind,
    current: KubeObject,
    type: PatchType,
    patch: unknown,
    options: WriteOptions,
  ): KubeObject {
    if (type !== 'json' && (typeof patch !== 'object' || patch === null || Array.isArray(patch))) {
      const found = Array.isArray(patch) ? 'array' : patch === null ? 'null' : typeof patch;
      throw badRequest(
        `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
      );
    }
    if (type === 'strategic' && !kind.builtin) {
      throw new StatusError(
        415,
        'UnsupportedMediaType',
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
      );
    }
    const base = current;
    const result =
      type === 'json'
        ? jsonPatch(base, patch)
        : type === 'merge'
          ? mergePatch(base, patch)
          : strategicMergePatch(kind.schema, base, patch as Record<string, unknown>);
    // The result shares frozen parts with what is stored.
    return this.#read(kind, clone(result), options, current);
  }

  #track(
    target: Target,
    current: KubeObject,
    next: KubeObject,
    options: WriteOptions,
    views?: { before: unknown; after: unknown },
  ): void {
    const { kind, subresource = '' } = target;
    const writer = this.#writer(kind, options, 'Update', subresource);
    trackUpdate(kind.schema, kind.builtin, current, next, writer, ignored(kind, subresource), views);
  }

  #apply(target: Target, current: KubeObject | undefined, body: unknown, options: WriteOptions): KubeObject {
    const { kind, namespace, name, subresource = '' } = target;
    const { resource, apiVersion } = kind;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw badRequest(
        `error decoding YAML: expected an object, found ${Array.isArray(body) ? 'array' : typeof body}`,
      );
    }
    let applied = clone(body) as KubeObject;
    if (applied.metadata?.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
    const sentAs =
      subresource === 'scale'
        ? { kind: 'Scale', apiVersion: 'autoscaling/v1' }
        : { kind: resource.kind, apiVersion };
    if (applied.kind !== sentAs.kind || applied.apiVersion !== sentAs.apiVersion) {
      const [group, version] = splitApiVersion(applied.apiVersion ?? '');
      if (applied.kind !== sentAs.kind && applied.kind && applied.apiVersion) {
        throw badRequest(`invalid object type: ${group}/${version}, Kind=${applied.kind}`);
      }
      throw badRequest(`invalid object type: ${group}/${version}, Kind=${applied.kind ?? ''}`);
    }
    applied.metadata ??= { name };
    if (applied.metadata.name === undefined) applied.metadata.name = name;
    if (applied.metadata.name !== name) throw badRequest(nameMismatch(applied.metadata.name, name));
    checkNamespace(applied, namespace, kind);
    if (subresource === 'scale') {
      if (!current) throw notFoundError(resource, name);
      applied = scaleAsObject(current, scalePaths(kind), applied.spec?.replicas as number | undefined);
    }
    const problem = typeProblem(kind.schema, applied);
    if (problem) {
      const where = `${applied.metadata.namespace ?? ''}/${name}; ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${resource.kind}`;
      throw new StatusError(500, undefined, `failed to create typed patch object (${where}): ${problem}`);
    }
    const writer = this.#writer(kind, options, 'Apply', subresource);
    const skip = ignored(kind, subresource);
    const force = options.force === true;
    if (!current) {
      if (subresource !== '') throw notFoundError(resource, name);
      const live = { apiVersion, kind: resource.kind, metadata: {} } as KubeObject;
      const created = applyConfiguration(kind.schema, kind.builtin, live, applied, writer, skip, force);
      const { managedFields } = created.metadata;
      const object = this.#read(kind, clone(created), options, undefined);
      delete object.metadata.resourceVersion;
      return this.#insert(kind, namespace, object, options, (next) => {
        if (managedFields) next.metadata.managedFields = managedFields;
      });
    }
    if (
      applied.metadata.resourceVersion &&
      applied.metadata.resourceVersion !== current.metadata.resourceVersion
    ) {
      throw staleVersion(resource, name);
    }
    const next = applyConfiguration(kind.schema, kind.builtin, current, applied, writer, skip, force);
    const { managedFields } = next.metadata;
    const object = this.#read(kind, clone(next), options, current);
    const result = this.#replace(target, current, object, options, (written) => {
      if (managedFields) written.metadata.managedFields = managedFields;
      else delete written.metadata.managedFields;
    });
    return subresource === 'scale' ? scaleOf(result, scalePaths(kind)) : result;
  }

  #updateScale(target: Target, body: unknown, options: WriteOptions): KubeObject {
    const { kind, name } = target;
    const current = this.find(target);
    if (!current) throw notFoundError(kind.resource, name);
    const paths = scalePaths(kind);
    const scale = clone(body) as KubeObject;
    try {
      decode(builtinSchema('io.k8s.api.autoscaling.v1.Scale'), scale, []);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${error.message}`);
    }
    if (scale.metadata?.name && scale.metadata.name !== name)
      throw badRequest(nameMismatch(scale.metadata.name, name));
    if (scale.metadata) this.#checkPreconditions(kind, current, scale, true);
    const replicas = Number(scale.spec?.replicas ?? 0);
    if (replicas < 0) {
      const errors = [invalid('spec.replicas', replicas, 'must be greater than or equal to 0')];
      if (kind.builtin) throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, errors);
      const wrong = [invalid(paths.specReplicasPath, replicas, 'should be a non-negative integer')];
      throw invalidObject(kind.resource, name, wrong);
    }
    const next = scaled(current, paths, replicas);
    // A Scale of zero replicas has no replicas field: by writing it, whoever owned the field gives it up.
    const before = Number(scaleOf(current, paths).spec.replicas ?? 0);
    const views = { before: scaleView(current, paths, before), after: scaleView(current, paths, replicas) };
    const result = this.#replace(target, current, next, options, (object) =>
      this.#track(target, current, object, options, views),
    );
    return scaleOf(result, paths);
  }

  #checkPreconditions(kind: Kind, current: KubeObject, sent: KubeObject, patching = false): void {
    const { resource } = kind;
    const { name, uid, resourceVersion } = current.metadata;
    if (!patching && sent.metadata.uid && sent.metadata.uid !== uid)
      throw uidMismatch(kind, current, sent.metadata.uid);
    const version = sent.metadata.resourceVersion;
    if (!version || version === '0') {
      if (resource.unconditionalUpdate !== false || patching) return;
      const errors = [invalid('metadata.resourceVersion', 0, 'must be specified for an update')];
      // Here the real server puts the plural in the place of the kind.
      throw invalidObject({ group: resource.group, kind: resource.plural }, name, errors);
    }
    if (!/^\d+$/.test(version)) {
      throw new StatusError(
        500,
        undefined,
        `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`,
      );
    }
    if (version !== resourceVersion) throw staleVersion(resource, name);
  }

  #checkNamespaceLives({ resource }: Kind, namespace: string, name: string): void {
    if (!resource.namespaced || resource.answer) return;
    const space = this.store.table('', 'namespaces').get('', namespace);
    if (!space) throw notFoundError({ group: '', plural: 'namespaces' }, namespace);
    if (space.metadata.deletionTimestamp === undefined) return;
    throw forbiddenError(
      resource,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    );
  }

  #keepAllButStatus(kind: Kind, object: KubeObject, current: KubeObject): void {
    for (const key of Object.keys(object)) {
      if (!(key in current) && key !== 'status' && key !== 'metadata') delete object[key];
    }
    for (const key of Object.keys(current)) {
      if (key !== 'status' && key !== 'metadata') object[key] = current[key];
    }
    const { managedFields } = object.metadata;
    if (!kind.builtin) {
      // A custom resource's status endpoint writes nothing of metadata.
      object.metadata = { ...current.metadata };
      if (managedFields) object.metadata.managedFields = managedFields;
      else delete object.metadata.managedFields;
    } else if (current.metadata.labels) object.metadata.labels = { ...current.metadata.labels };
    else delete object.metadata.labels;
  }

  #emptyStatus(kind: Kind, object: KubeObject): void {
    delete object.status;
    const field = kind.schema.fields?.get('status');
    if (!field?.alwaysThere) return;
    const empty = {} as KubeObject;
    decode(kind.schema, empty, []);
    object.status = empty.status;
  }

  #validate(kind: Kind, object: KubeObject, errors: FieldError[]): void {
    const about = { group: kind.resource.group, kind: object.kind };
    if (errors.length > 0) throw invalidObject(about, object.metadata.name, errors);
  }

  #writer(kind: Kind, options: WriteOptions, operation: Writer['operation'], subresource: string): Writer {
    const writer: Writer = { manager: options.manager, operation, apiVersion: kind.apiVersion, subresource };
    if (subresource !== 'scale') writer.time = timestamp(this.clock.now());
    return writer;
  }
}

/** What an endpoint throws away must not become anyone's. */
function ignored({ resource, builtin, schema }: Kind, subresource: string): FieldSet {
  const set = new FieldSet();
  if (subresource === 'scale') return set;
  if (subresource === 'status') {
    if (builtin) {
      set.insert('f:spec').insert('f:metadata', 'f:labels');
    } else {
      for (const name of schema.fields?.keys() ?? []) {
        if (name !== 'status' && name !== 'metadata') set.insert(`f:${name}`);
      }
    }
  } else if (resource.subresources?.status && !resource.keepsStatusOnCreate) set.insert('f:status');
  return set;
}

function generationCounts(
  rule: 'spec' | 'all' | 'specAndAnnotations',
  object: KubeObject,
  current: KubeObject,
  kind: Kind,
): boolean {
  if (rule !== 'all') {
    return (
      !same(object.spec, current.spec) ||
      (rule === 'specAndAnnotations' &&
        !same(object.metadata.annotations ?? {}, current.metadata.annotations ?? {}))
    );
  }
  const { metadata: _a, ...left } = object;
  const { metadata: _b, ...right } = current;
  if (kind.resource.subresources?.status) {
    delete left.status;
    delete right.status;
  }
  return !same(left, right);
}

/** A write that changes nothing is none: no new version, no event. */
function sameButTimes(object: KubeObject, current: KubeObject): boolean {
  const strip = ({ metadata, ...rest }: KubeObject): unknown => ({
    ...rest,
    metadata: {
      ...metadata,
      managedFields: (metadata.managedFields ?? []).map(({ time: _, ...entry }) => entry),
    },
  });
  return same(strip(object), strip(current));
}

function scalePaths(kind: Kind): ScalePaths {
  const paths = kind.resource.subresources?.scale;
  if (!paths) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
  return paths;
}

function withPropagation(
  finalizers: readonly string[],
  policy: DeleteOptions['propagationPolicy'],
  fallback: 'Background' | 'Orphan' = 'Background',
): string[] {
  const others = finalizers.filter((each) => each !== ORPHAN && each !== FOREGROUND);
  if (policy === undefined) {
    if (finalizers.includes(ORPHAN) || finalizers.includes(FOREGROUND)) return [...finalizers];
    return fallback === 'Orphan' ? [...others, ORPHAN] : others;
  }
  if (policy === 'Orphan') return [...others, ORPHAN];
  if (policy === 'Foreground') return [...others, FOREGROUND];
  return others;
}

function checkNamespace(object: KubeObject, namespace: string, { resource }: Kind): void {
  const sent = object.metadata.namespace;
  if (sent === undefined || sent === '' || sent === namespace) return;
  if (!resource.namespaced) {
    delete object.metadata.namespace;
    return;
  }
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

function nameMismatch(sent: string, name: string): string {
  return `the name of the object (${sent}) does not match the name on the URL (${name})`;
}

function uidMismatch({ resource, table }: Kind, current: KubeObject, sent: string): StatusError {
  const { name, namespace, uid } = current.metadata;
  const key = ['/registry', table.group, table.plural, namespace, name].filter((part) => part).join('/');
  return conflict(
    resource,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${sent}, UID in object meta: ${uid}`,
  );
}

function patchDoesNotFit(value: string, why: string): StatusError {
  const error = invalid('patch', value, why);
  return new StatusError(422, 'Invalid', ` "" is invalid: patch: ${error.message}`, {
    causes: [{ reason: error.reason, message: error.message, field: error.field }],
  });
}

function splitApiVersion(apiVersion: string): [string, string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}
