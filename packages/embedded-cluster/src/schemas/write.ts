import { writeFileSync } from 'node:fs';
import type { RawSchema } from './schema.ts';

/** One schema a line, sorted by name, so that a difference between releases can be read. */
export function writeSchemas({
  version,
  schemas,
}: {
  version: string;
  schemas: Record<string, RawSchema>;
}): void {
  const lines = Object.entries(schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`);
  const text = `{"version":${JSON.stringify(version)},"schemas":{\n${lines.join(',\n')}\n}}\n`;
  writeFileSync(new URL('./schemas.generated.json', import.meta.url), text);
}
