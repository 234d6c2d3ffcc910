import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from './serve.ts';

/**
 * Runs a module from its source as its bundle would: `node packages/sdk/src/run.ts modules/hello/src/module.ts`.
 * Name and version are those of the package that the file is in.
 */
const file = process.argv[2];
if (file === undefined || !existsSync(file)) {
  process.stderr.write(`expected the path of a module's source, found ${file ?? 'none'}\n`);
  process.exit(1);
}
const module = resolve(file);
const { name, version } = manifestOf(dirname(module));
await serve({
  name,
  version,
  worker: fileURLToPath(new URL('./thread/from-source.ts', import.meta.url)),
  extra: { module: pathToFileURL(module).href, version },
});

function manifestOf(folder: string): { name: string; version: string } {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name = 'module', version = '0.0.0' } = JSON.parse(readFileSync(manifest, 'utf8'));
    return { name: name.replace(/^@[^/]+\//, ''), version };
  }
  return dirname(folder) === folder ? { name: 'module', version: '0.0.0' } : manifestOf(dirname(folder));
}
