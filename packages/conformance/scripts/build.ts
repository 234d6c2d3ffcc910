/** Bundles the command and the library into dist/: files that need nothing but Node. */
import { copyFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = join(import.meta.dirname, '..');
const outdir = process.argv[2] ?? join(folder, 'dist');
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    'forkspacer-conformance': join(folder, 'src/main.ts'),
    index: join(folder, 'src/index.ts'),
  },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  legalComments: 'linked',
  // What is CommonJS inside asks for Node's own modules.
  banner: {
    js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
  },
  logLevel: 'warning',
});
// The embedded cluster reads it from beside its own code.
const schemas = fileURLToPath(
  new URL('./schemas/schemas.generated.json', import.meta.resolve('@forkspacer/embedded-cluster')),
);
copyFileSync(schemas, join(outdir, basename(schemas)));
