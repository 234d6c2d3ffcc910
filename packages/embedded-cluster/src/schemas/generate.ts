/**
 * Writes schemas.generated.json: the schemas of the built-in kinds served here, as a real API server publishes
 * them, without descriptions; protobuf/generate.ts adds to it, and has to run after it. Run both after adding a kind or for a new release of Kubernetes:
 *
 *   KUBECONFIG=... node packages/embedded-cluster/src/schemas/generate.ts
 *
 * KUBECONFIG names a file in the plain form that carries its certificates in itself.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { resources } from '../resources/index.ts';
import type { RawSchema } from './schema.ts';
import { writeSchemas } from './write.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const file = process.env.KUBECONFIG;
if (!file) throw new Error('expected KUBECONFIG to name the kubeconfig of a real API server');
const kubeconfig = readFileSync(file, 'utf8');
const field = (name: string): string => {
  const value = new RegExp(`^\\s*${name}:\\s*(\\S+)`, 'm').exec(kubeconfig)?.[1];
  if (!value) throw new Error(`expected ${name} in ${file}`);
  return value;
};
const pem = (name: string): Buffer => Buffer.from(field(name), 'base64');

function get(path: string): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const options = {
      ca: pem('certificate-authority-data'),
      cert: pem('client-certificate-data'),
      key: pem('client-key-data'),
    };
    const call = request(new URL(path, field('server')), options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (body += part));
      response.on('end', () => resolve(JSON.parse(body)));
    });
    call.on('error', reject);
    call.end();
  });
}

/** Kinds of requests and answers that are no resources. */
const others = [
  'io.k8s.api.autoscaling.v1.Scale',
  'io.k8s.api.authentication.v1.TokenRequest',
  'io.k8s.api.policy.v1.Eviction',
  'io.k8s.api.core.v1.Binding',
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
];

const version = (await get('/version')).gitVersion;
const index = (await get('/openapi/v3')).paths as Record<string, { serverRelativeURL: string }>;
const groups = new Set(
  resources.map(({ group, version }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`)),
);
groups.add('apis/authentication.k8s.io/v1');

const published: JsonObject = {};
for (const group of groups) {
  const document = await get(index[group]!.serverRelativeURL);
  Object.assign(published, (document.components as JsonObject).schemas);
}

const kept: JsonObject = {};
const wanted = [...others, ...resources.map(({ schema }) => schema ?? '')].filter((name) => name !== '');
for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
  if (kept[name] !== undefined) continue;
  if (published[name] === undefined) throw new Error(`the server publishes no schema ${name}`);
  kept[name] = compact(published[name] as Json);
}

/** Drops what only people read, and writes `allOf: [{$ref}]` and `$ref` as `ref`, the last part of the path. */
function compact(value: Json): Json {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'description' && typeof item === 'string') continue;
    if (key === 'properties') {
      // The names of fields are no keywords: one of them may be called description.
      result.properties = Object.fromEntries(
        Object.entries(item as JsonObject).map(([name, property]) => [name, compact(property)]),
      );
    } else if (key === 'allOf' && Array.isArray(item) && item.length === 1) {
      Object.assign(result, compact(item[0]!));
    } else if (key === '$ref') {
      const name = String(item).split('/').at(-1)!;
      wanted.push(name);
      result.ref = name;
    } else {
      result[key] = compact(item);
    }
  }
  return result;
}

writeSchemas({ version: String(version), schemas: kept as Record<string, RawSchema> });
process.stdout.write(`${Object.keys(kept).length} schemas of Kubernetes ${version}\n`);
