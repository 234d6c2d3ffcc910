/**
 * Writes messages.generated.json: the numbers and types of the fields of every kind served here, as the Go modules'
 * generated.proto files have them. Marks in schemas.generated.json the fields that Go leaves out when they are zero
 * (`x-omit-zero`, from types.go). Run it after schemas/generate.ts, in a folder whose go.mod requires the three modules:
 *
 *   node generate.ts $(go list -m -f '{{.Dir}}' k8s.io/api k8s.io/apimachinery k8s.io/apiextensions-apiserver)
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchemas } from '../schemas/builtin.ts';
import { writeSchemas } from '../schemas/write.ts';
import type { Messages } from './messages.ts';

const folders = process.argv.slice(2);
if (folders.length !== 3)
  throw new Error('expected the folders of three Go modules: api, apimachinery, apiextensions-apiserver');

const found: Messages = {};
/** Names of Go's type and JSON field, for fields that are no pointers and have omitempty. */
const omitted = new Set<string>();

for (const folder of folders) {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('generated.proto')) readProto(readFileSync(join(folder, file), 'utf8'));
  }
}
for (const folder of folders) {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/(^|\/)(types|types_jsonschema)\.go$/.test(file))
      readGo(file, readFileSync(join(folder, file), 'utf8'));
  }
}

/** `k8s.io.api.apps.v1` is published as `io.k8s.api.apps.v1`. */
function published(name: string): string {
  return name
    .replace(/^\.?k8s\.io\./, 'io.k8s.')
    .replace('.apiextensions_apiserver.', '.apiextensions-apiserver.');
}

function readProto(text: string): void {
  const pack = /^package ([\w.]+);/m.exec(text)?.[1];
  if (!pack) return;
  for (const [, name = '', body = ''] of text.matchAll(/^message (\w+) \{\n(.*?)^\}/gms)) {
    const fields: Messages[string] = {};
    const field = /^ {2}(optional|repeated|map<string, *([\w.]+)>) ?([\w.]+)? (\w+) = (\d+)/gm;
    for (const [, label = '', mapped, plain, json = '', number = ''] of body.matchAll(field)) {
      const type = (mapped ?? plain)!;
      const scalar = /^[a-z0-9]+$/.test(type);
      const target = scalar
        ? type
        : published(type.startsWith('.') || type.includes('.') ? type : `${pack}.${type}`);
      fields[number] = [json, label === 'repeated' ? 'list' : mapped ? 'map' : 'one', target];
    }
    found[published(`${pack}.${name}`)] = fields;
  }
}

function readGo(file: string, text: string): void {
  const scalars = new Set(['string', 'bool', 'int', 'int32', 'int64', 'float64']);
  const aliases = /^type (\w+) (string|int32|int64|bool)$/gm;
  for (const [, name = ''] of text.matchAll(aliases)) scalars.add(name);
  const place = file.split('/').slice(0, -1).join('.');
  for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)) {
    for (const [, type = '', json = ''] of body.matchAll(/^\t\w+\s+([\w.]+)\s+`json:"(\w+),omitempty/gm)) {
      if (
        scalars.has(type) ||
        /^(v1|types|metav1)\.(\w*Policy|UID|\w*Type|\w*Class\w*|Protocol|URIScheme|ResourceName|NodeName)$/.test(
          type,
        )
      ) {
        omitted.add(`${place}.${name}.${json}`);
      }
    }
  }
}

const { schemas } = publishedSchemas();
const kept: Messages = {};
const wanted = Object.keys(schemas);
for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
  const message = found[name];
  if (kept[name] || !message) continue;
  kept[name] = message;
  const properties = schemas[name]?.properties;
  const place = name.replace(/^io\.k8s\.(api|apimachinery|apiextensions-apiserver)\./, '');
  for (const entry of Object.values(message)) {
    const [json, , type] = entry;
    if (type.includes('.')) wanted.push(type);
    // Not published under its own name: its fields stand in the message itself.
    if (properties && !properties[json] && type.includes('.')) entry[3] = 'inline';
    else if (properties?.[json] && omitted.has(`${place}.${json}`)) properties[json]['x-omit-zero'] = true;
  }
}
const lines = Object.entries(kept)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, message]) => `${JSON.stringify(name)}:${JSON.stringify(message)}`);
writeFileSync(new URL('./messages.generated.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
writeSchemas(publishedSchemas());
process.stdout.write(`${lines.length} messages\n`);
