import type { IncomingHttpHeaders } from 'node:http';
import type { Api, PatchType, Target, WriteOptions } from '../machinery/api.ts';
import type { Kind } from '../machinery/kind.ts';
import type { KubeObject } from '../object.ts';
import { decodeProtobuf } from '../protobuf/decode.ts';
import type { Verb } from '../resources/resource.ts';
import { publishedSchemas, schemaNameOf } from '../schemas/builtin.ts';
import { badRequest, notFoundError, type StatusDetails, StatusError, UnrecognizedBody } from '../status.ts';
import { type Answer, errorAnswer, json } from './answer.ts';
import * as discovery from './discovery.ts';
import { duplicateFields } from './duplicates.ts';
import { listPage } from './list.ts';
import { negotiate, type Wanted } from './negotiation.ts';
import { openapi } from './openapi.ts';
import { deleteOptions, listOptions, writeOptions } from './options.ts';
import { partial, table } from './table.ts';
import { itemText, objectText } from './text.ts';
import { watchAnswer } from './watch.ts';

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** As text; '' when there was none. */
  body: string;
  /** The same as it came. */
  bytes: Buffer;
}

/** Where a path leads: a kind, in a namespace or all of them, to one object or all of them. */
interface Place {
  kind: Kind;
  /** undefined: all namespaces. '' for cluster-scoped kinds. */
  namespace: string | undefined;
  name: string;
  subresource: string;
}

const BODY_LIMIT = 3 * 1024 * 1024;

const noSuchResource = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
const noSuchMethod = (): StatusError =>
  new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
const noSuchPage: Answer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: '404 page not found\n',
};
const plain = (body: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** Answers one request. Never throws: refusals are answers. */
export async function answer(api: Api, call: Call, address: string): Promise<Answer> {
  try {
    return (await route(api, call, address)) ?? noSuchPage;
  } catch (error) {
    if (error instanceof UnrecognizedBody)
      return errorAnswer(badRequest(`${error.message} (${beginning(call.body)})`));
    return errorAnswer(error);
  }
}

async function route(api: Api, call: Call, address: string): Promise<Answer | undefined> {
  const { registry } = api;
  const segments = call.path
    .split('/')
    .filter((segment) => segment !== '')
    .map(unescaped);
  const wanted = negotiate(call.headers.accept);
  const [root, ...rest] = segments;
  switch (root) {
    case 'healthz':
    case 'livez':
    case 'readyz':
      return plain('ok');
    case 'version':
      return json(versionDocument());
    case 'openapi':
      return openapi(registry, rest, call);
    case 'api':
      if (rest.length === 0) {
        return wanted.as === 'APIGroupDiscoveryList'
          ? discovered(discovery.aggregated(registry, true))
          : json(discovery.apiVersions(address));
      }
      if (rest.length === 1) return optional(discovery.apiResources(registry, '', rest[0]!));
      return resourceCall(api, call, wanted, '', rest[0]!, rest.slice(1));
    case 'apis':
      if (rest.length === 0) {
        return wanted.as === 'APIGroupDiscoveryList'
          ? discovered(discovery.aggregated(registry, false))
          : json(discovery.apiGroups(registry));
      }
      if (rest.length === 1) return optional(discovery.apiGroup(registry, rest[0]!));
      if (rest.length === 2) {
        const document = discovery.apiResources(registry, rest[0]!, rest[1]!);
        if (!document && isBuiltin(api, rest[0]!)) throw noSuchResource();
        return optional(document);
      }
      return resourceCall(api, call, wanted, rest[0]!, rest[1]!, rest.slice(2));
    default:
      return undefined;
  }
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid URL escape ${JSON.stringify(segment)}`);
  }
}

function optional(document: object | undefined): Answer | undefined {
  return document && json(document);
}

function discovered(document: object): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      vary: 'Accept',
    },
    body: document,
  };
}

function versionDocument(): object {
  const gitVersion = publishedSchemas().version;
  const [major = '', minor = ''] = gitVersion.slice(1).split('.');
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `${gitVersion}+embedded`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'node',
    platform: `${process.platform}/${process.arch}`,
  };
}

function locate(api: Api, group: string, version: string, path: string[]): Place | undefined {
  const kindOf = (plural: string): Kind | undefined => api.registry.byPlural(group, version, plural);
  if (path[0] === 'namespaces' && path.length >= 3) {
    const [, namespace = '', plural = '', name = '', subresource = ''] = path;
    const kind = kindOf(plural);
    if (kind?.resource.namespaced && path.length <= 5) return { kind, namespace, name, subresource };
    // /api/v1/namespaces/NAME/status is the namespace's own.
    if (group !== '') return undefined;
  }
  const [plural = '', name = '', subresource = ''] = path;
  const kind = kindOf(plural);
  if (!kind || path.length > 3) return undefined;
  if (kind.resource.namespaced)
    return name === '' ? { kind, namespace: undefined, name, subresource } : undefined;
  return { kind, namespace: '', name, subresource };
}

async function resourceCall(
  api: Api,
  call: Call,
  wanted: Wanted,
  group: string,
  version: string,
  path: string[],
): Promise<Answer> {
  const watching = path[0] === 'watch';
  const place = locate(api, group, version, watching ? path.slice(1) : path);
  if (!place) {
    if (!isBuiltin(api, group)) return noSuchPage;
    throw noSuchResource();
  }
  const { kind, subresource } = place;
  if (subresource !== '' && !kind.resource.subresources?.[subresource]) {
    const known = !kind.builtin && (subresource === 'status' || subresource === 'scale');
    throw known ? notFoundError(kind.resource, place.name) : noSuchResource();
  }
  if (wanted.unacceptable) {
    throw new StatusError(
      406,
      'NotAcceptable',
      '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      {},
    );
  }
  if (watching) call.query.set('watch', 'true');
  const warnings: string[] = [];
  if (kind.resource.deprecated) warnings.push(kind.resource.deprecated);
  const result = await perform(api, call, wanted, place, (text) => warnings.push(text));
  if (warnings.length > 0) {
    result.headers = { ...result.headers, warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`) };
  }
  return result;
}

/** Unknown versions and kinds of built-in groups are told in a Status, of others in plain text. */
function isBuiltin({ registry }: Api, group: string): boolean {
  for (const kind of registry.kinds()) if (kind.builtin && kind.resource.group === group) return true;
  return false;
}

async function perform(
  api: Api,
  call: Call,
  wanted: Wanted,
  place: Place,
  warn: (text: string) => void,
): Promise<Answer> {
  const { kind, name, subresource } = place;
  const userAgent = call.headers['user-agent'];
  const allow = (verb: Verb): void => {
    if (subresource === '' && !kind.verbs.includes(verb)) throw noSuchMethod();
  };
  const one = (object: KubeObject, status = 200): Answer => single(api, call, wanted, kind, object, status);
  const target = (): Target => {
    if (place.namespace === undefined || name === '') throw noSuchMethod();
    return { kind, namespace: place.namespace, name, subresource };
  };
  const special = subresource !== '' && subresource !== 'status' && subresource !== 'scale';

  switch (call.method) {
    case 'GET': {
      if (special) return one(api.subresource(target(), 'get', undefined, { manager: '' }));
      const options = listOptions(call.query);
      if (name === '') {
        allow(options.watch ? 'watch' : 'list');
        return options.watch
          ? watched(api, call, wanted, place, options)
          : listed(api, call, wanted, place, options);
      }
      if (options.watch && subresource === '') {
        options.fieldSelector = `metadata.name=${name}`;
        return watched(api, call, wanted, place, options);
      }
      allow('get');
      return one(api.get(target()));
    }
    case 'POST': {
      if (special) {
        const options = { ...writeOptions(call.query, 'Create', userAgent), warn };
        return one(api.subresource(target(), 'create', await readBody(call, kind), options), 201);
      }
      if (name !== '' || place.namespace === undefined) throw noSuchMethod();
      allow('create');
      const options = { ...writeOptions(call.query, 'Create', userAgent), warn };
      const body = await readBody(call, kind, toldOnce(kind, options));
      return one(api.create(kind, place.namespace, body, options), 201);
    }
    case 'PUT': {
      const to = target();
      allow('update');
      const options = { ...writeOptions(call.query, 'Update', userAgent), warn };
      const body = await readBody(call, kind, toldOnce(kind, options));
      if (special) return one(api.subresource(to, 'update', body, options));
      const existed = api.find(to) !== undefined;
      return one(api.update(to, body, options), existed ? 200 : 201);
    }
    case 'PATCH': {
      const to = target();
      allow('patch');
      if (special) throw noSuchMethod();
      const type = patchType(call.headers['content-type']);
      if (!type) throw unsupportedMedia();
      const options = { ...writeOptions(call.query, 'Patch', userAgent, type === 'apply'), warn };
      const patch = await readPatch(call, type);
      const existed = api.find(to) !== undefined;
      return one(api.patch(to, type, patch, options), existed ? 200 : 201);
    }
    case 'DELETE': {
      if (subresource !== '') throw noSuchMethod();
      const sent = call.body === '' ? undefined : await readBody(call, kind);
      const { deletion, dryRun } = deleteOptions(call.query, sent);
      const { deleteWarning } = kind.resource;
      if (deleteWarning && !deletion.propagationPolicy) warn(deleteWarning);
      if (name === '') {
        if (place.namespace === undefined && kind.resource.namespaced) throw noSuchMethod();
        allow('deletecollection');
        const options = listOptions(call.query);
        const { items, metadata } = listPage(api.store, kind, place.namespace, options);
        for (const { metadata } of items) {
          const each = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
          api.delete(each, deletion, { dryRun });
        }
        return list(kind, items, metadata);
      }
      allow('delete');
      const { object, gone } = api.delete(target(), deletion, { dryRun });
      if (!gone || kind.resource.returnsDeleted) return one(object);
      const { group, plural } = kind.resource;
      const details: StatusDetails = {
        name,
        ...(group === '' ? {} : { group }),
        kind: plural,
        uid: object.metadata.uid!,
      };
      return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
    }
    default:
      throw noSuchMethod();
  }
}

function single(
  api: Api,
  call: Call,
  { as }: Wanted,
  kind: Kind,
  object: KubeObject,
  status: number,
): Answer {
  if (as === 'Table' && object.kind === kind.resource.kind) {
    const { resourceVersion = '' } = object.metadata;
    return json(
      table(kind, [object], { resourceVersion }, api.clock.now(), call.query.get('includeObject')),
      status,
    );
  }
  if (as === 'PartialObjectMetadata') return json(partial(object), status);
  return { status, body: objectText(object), headers: { 'content-type': 'application/json' } };
}

function list(kind: Kind, items: readonly KubeObject[], meta: object): Answer {
  // Lists of custom resources say that there is no next page.
  const metadata = kind.builtin ? meta : { continue: '', ...meta };
  const texts = items.map((item) => itemText(item, kind.builtin)).join(',');
  const head = `{"kind":${JSON.stringify(kind.listKind)},"apiVersion":${JSON.stringify(kind.apiVersion)},"metadata":${JSON.stringify(metadata)}`;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `${head},"items":[${texts}]}`,
  };
}

function listed(
  api: Api,
  call: Call,
  { as }: Wanted,
  place: Place,
  options: ReturnType<typeof listOptions>,
): Answer {
  const { kind, namespace } = place;
  const { items, metadata } = listPage(
    api.store,
    kind,
    kind.resource.namespaced ? namespace : undefined,
    options,
  );
  if (as === 'Table')
    return json(table(kind, items, metadata, api.clock.now(), call.query.get('includeObject')));
  if (as === 'PartialObjectMetadata') {
    return json({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: items.map(partial),
    });
  }
  return list(kind, items, metadata);
}

function watched(
  api: Api,
  call: Call,
  { as }: Wanted,
  place: Place,
  options: ReturnType<typeof listOptions>,
): Answer {
  const { kind, namespace } = place;
  const include = call.query.get('includeObject');
  return watchAnswer(
    api.store,
    kind,
    kind.resource.namespaced ? namespace : undefined,
    options,
    (object, first) => {
      if (as === 'Table') {
        const { resourceVersion = '' } = object.metadata;
        return JSON.stringify(table(kind, [object], { resourceVersion }, api.clock.now(), include, first));
      }
      if (as === 'PartialObjectMetadata') return JSON.stringify(partial(object));
      return objectText(object);
    },
  );
}

/** Fields that come twice are warned about, or refused: only the last of them counts. */
function toldOnce({ resource }: Kind, { fieldValidation, warn }: WriteOptions): (paths: string[]) => void {
  return (paths) => {
    if (fieldValidation === 'Ignore' || paths.length === 0) return;
    const texts = paths.map((path) => `duplicate field ${JSON.stringify(path)}`);
    if (fieldValidation === 'Strict') {
      const { kind, version } = resource;
      const why = `strict decoding error: ${texts.join(', ')}`;
      throw badRequest(
        `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`,
      );
    }
    for (const text of texts) warn?.(text);
  };
}

/** What Go's decoder would say; V8's words where they cannot be told. */
function goJsonError(text: string, error: Error): string {
  const start = text.trimStart();
  if (start === '' || /end of JSON|Unterminated string/i.test(error.message))
    return 'unexpected end of JSON input';
  if (!/^[[{"\d-]|^(t|f|n)/.test(start))
    return `invalid character '${start[0]}' looking for beginning of value`;
  return error.message;
}

/** The beginning of a body, as the real server quotes it. */
function beginning(body: string): string {
  if (body === '') return '<empty>';
  const bytes = Buffer.from(body);
  const dots = bytes.length > 30 ? ' ...' : '';
  return (body[0] === '{' ? bytes.subarray(0, 30).toString() : bytes.subarray(0, 30).toString('hex')) + dots;
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]!.trim().toLowerCase();
}

function patchType(header: string | undefined): PatchType | undefined {
  switch (mediaType(header)) {
    case 'application/json-patch+json':
      return 'json';
    case 'application/merge-patch+json':
      return 'merge';
    case 'application/strategic-merge-patch+json':
      return 'strategic';
    case 'application/apply-patch+yaml':
      return 'apply';
    default:
      return undefined;
  }
}

function unsupportedMedia(): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

function checkSize(body: string): void {
  if (body.length > BODY_LIMIT) {
    throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_LIMIT}`);
  }
}

async function readBody(call: Call, kind: Kind, duplicates?: (paths: string[]) => void): Promise<unknown> {
  checkSize(call.body);
  const type = mediaType(call.headers['content-type']);
  if (type === 'application/yaml') return readYaml(call.body);
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(call.bytes, schemaNameOf);
  if (type !== '' && type !== 'application/json') {
    throw new StatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  }
  try {
    const body = JSON.parse(call.body);
    duplicates?.(duplicateFields(call.body));
    return body;
  } catch (error) {
    if (error instanceof StatusError) throw error;
    const why = goJsonError(call.body, error as Error);
    throw new UnrecognizedBody(kind.resource.kind, `couldn't get version/kind; json parse error: ${why}`);
  }
}

async function readPatch(call: Call, type: PatchType): Promise<unknown> {
  checkSize(call.body);
  try {
    return JSON.parse(call.body);
  } catch (error) {
    if (type === 'apply') return readYaml(call.body);
    throw badRequest(`error decoding patch: ${goJsonError(call.body, error as Error)}`);
  }
}

async function readYaml(text: string): Promise<unknown> {
  // Few clients send YAML; the parser is not worth its time at the start.
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message.split('\n')[0]}`);
  }
}
