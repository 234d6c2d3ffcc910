import { readFileSync } from 'node:fs';
import { fill, type RawSchema, type Schema } from './schema.ts';

let published: { version: string; schemas: Record<string, RawSchema> } | undefined;

/** The generated file; read on the first write to the cluster, which is cheaper than at its start. */
export function publishedSchemas(): { version: string; schemas: Record<string, RawSchema> } {
  published ??= JSON.parse(readFileSync(new URL('./schemas.generated.json', import.meta.url), 'utf8'));
  return published!;
}

let byKind: Map<string, string> | undefined;

/** The published name of a kind, also of those that are no resources: DeleteOptions, Scale, Eviction. */
export function schemaNameOf(apiVersion: string, kind: string): string | undefined {
  if (!byKind) {
    byKind = new Map();
    for (const [name, schema] of Object.entries(publishedSchemas().schemas)) {
      const kinds = schema['x-kubernetes-group-version-kind'] as
        | { group: string; version: string; kind: string }[]
        | undefined;
      for (const each of kinds ?? []) {
        byKind.set(
          `${each.group === '' ? each.version : `${each.group}/${each.version}`}/${each.kind}`,
          name,
        );
      }
    }
  }
  return byKind.get(`${apiVersion}/${kind}`);
}

const compiled = new Map<string, Schema>();

/** The schema of a built-in type by its published name, such as `io.k8s.api.apps.v1.Deployment`. */
export function builtinSchema(name: string): Schema {
  const known = compiled.get(name);
  if (known) return known;
  const raw = publishedSchemas().schemas[name];
  if (!raw) throw new Error(`schemas.generated.json has no ${name}: run schemas/generate.ts`);
  const schema: Schema = { type: 'any' };
  compiled.set(name, schema);
  fill(schema, raw, builtinSchema, name.split('.').slice(-2).join('.'));
  return schema;
}
