/** OpenAPI v3, as much as clients use: the schemas, and which query parameters each patch takes. */
import { createHash } from 'node:crypto';
import type { Kind } from '../machinery/kind.ts';
import type { Registry } from '../machinery/registry.ts';
import { publishedSchemas } from '../schemas/builtin.ts';
import type { RawSchema } from '../schemas/schema.ts';
import { type Answer, json } from './answer.ts';
import type { Call } from './routes.ts';

/** A kind that brings a schema of its own: a custom resource. */
export interface Documented {
  openapi?(): { name: string; schema: RawSchema };
}

export function openapi(registry: Registry, path: string[], call: Call): Answer | undefined {
  if (path[0] === 'v2') return undefined;
  if (path[0] !== 'v3') return undefined;
  const documents = byGroupVersion(registry);
  if (path.length === 1) {
    return json({
      paths: Object.fromEntries(
        [...documents].map(([key, kinds]) => [
          key,
          {
            serverRelativeURL: `/openapi/v3/${key}?hash=${createHash('sha256').update(kinds.map(tag).join()).digest('hex').toUpperCase()}`,
          },
        ]),
      ),
    });
  }
  const kinds = documents.get(path.slice(1).join('/'));
  if (!kinds || call.method !== 'GET') return undefined;
  return json(document(kinds));
}

function tag(kind: Kind): string {
  const custom = (kind as Kind & Documented).openapi?.();
  return `${kind.apiVersion}/${kind.resource.kind}${custom ? JSON.stringify(custom.schema) : ''}`;
}

function byGroupVersion(registry: Registry): Map<string, Kind[]> {
  const documents = new Map<string, Kind[]>();
  for (const kind of registry.kinds()) {
    const { group, version } = kind.resource;
    const key = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    documents.set(key, [...(documents.get(key) ?? []), kind]);
  }
  return documents;
}

const parameter = (name: string, type = 'string'): object => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
});
const WRITE = [parameter('dryRun'), parameter('fieldManager'), parameter('fieldValidation')];

function document(kinds: Kind[]): object {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, unknown> = {};
  const wanted: string[] = [];
  const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
  for (const kind of kinds) {
    const { resource } = kind;
    const custom = (kind as Kind & Documented).openapi?.();
    const name = custom?.name ?? resource.schema;
    if (name === undefined) continue;
    if (custom) schemas[name] = expand(custom.schema, wanted);
    else wanted.push(name);
    const gvk = { group: resource.group, version: resource.version, kind: resource.kind };
    const about = (action: string): object => ({
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': gvk,
      responses: { 200: { description: 'OK', content: { 'application/json': { schema: ref(name) } } } },
    });
    const base =
      resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
    const collection = `${base}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
    const body = { content: { '*/*': { schema: ref(name) } }, required: true };
    paths[collection] = {
      ...(kind.verbs.includes('list') ? { get: about('list') } : {}),
      ...(kind.verbs.includes('create')
        ? { post: { ...about('post'), parameters: WRITE, requestBody: body } }
        : {}),
    };
    const single: Record<string, object> = {};
    if (kind.verbs.includes('get')) single.get = about('get');
    if (kind.verbs.includes('update')) single.put = { ...about('put'), parameters: WRITE, requestBody: body };
    if (kind.verbs.includes('delete')) single.delete = about('delete');
    if (kind.verbs.includes('patch')) {
      single.patch = {
        ...about('patch'),
        parameters: [...WRITE, parameter('force', 'boolean')],
        requestBody: {
          content: Object.fromEntries(
            [
              'application/apply-patch+yaml',
              'application/json-patch+json',
              'application/merge-patch+json',
              ...(kind.builtin ? ['application/strategic-merge-patch+json'] : []),
            ].map((type) => [type, { schema: { type: 'object' } }]),
          ),
          required: true,
        },
      };
    }
    if (Object.keys(single).length > 0) paths[`${collection}/{name}`] = single;
  }
  const published = publishedSchemas().schemas;
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const raw = published[name];
    if (schemas[name] === undefined && raw) schemas[name] = expand(raw, wanted);
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: publishedSchemas().version },
    paths,
    components: { schemas },
  };
}

/** The committed form, `ref: name`, back into OpenAPI's. */
function expand(value: unknown, wanted: string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => expand(item, wanted));
  if (typeof value !== 'object' || value === null) return value;
  const { ref, 'x-omit-zero': _omitted, ...rest } = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(rest))
    result[key] = key === 'default' ? item : expand(item, wanted);
  if (typeof ref !== 'string') {
    if (ref !== undefined) result.ref = expand(ref, wanted);
    return result;
  }
  wanted.push(ref);
  const target = { $ref: `#/components/schemas/${ref}` };
  return Object.keys(result).length === 0 ? target : { ...result, allOf: [target] };
}
