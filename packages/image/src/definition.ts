import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** What a definition says of itself. */
export interface Description {
  name: string;
  description: string;
  displayName?: string;
  category?: string;
}

/**
 * Reads what the module in `folder` says of itself, without loading the Kubernetes client: its verbs cannot be called.
 *
 * @throws Error when `src/module.ts` exports no definition by default.
 */
export async function readDescription(folder: string): Promise<Description> {
  const root = resolve(folder);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/module.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'error',
    plugins: [withoutVerbs],
  });
  const module = { exports: {} as { default?: Description } };
  new Function('module', 'exports', 'require', outputFiles[0]!.text)(
    module,
    module.exports,
    createRequire(join(root, 'src/module.ts')),
  );
  const { name, description, displayName, category } = module.exports.default ?? {};
  if (typeof name !== 'string' || typeof description !== 'string') {
    throw new Error(`expected ${join(root, 'src/module.ts')} to export a definition by default, found none`);
  }
  return { name, description, displayName, category };
}

/** Only verbs use them, and they are most of the code. */
const withoutVerbs: Plugin = {
  name: 'without-verbs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@forkspacer\/kube$/ }, ({ path }) => ({ path, namespace: 'not-called' }));
    onLoad({ filter: /.*/, namespace: 'not-called' }, () => ({ contents: 'module.exports = {};' }));
  },
};
