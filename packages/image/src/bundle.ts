import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type BundledPackage, packagesOf } from './bundled-packages.ts';
import { writeWhole } from './cache.ts';
import { leftOut, stub } from './left-out.ts';

/** What `bundle` wrote. Sizes are bytes on disk. */
export interface Bundle {
  name: string;
  version: string;
  main: BundledFile;
  worker: BundledFile;
  /** What is in them of others, by name and version. */
  packages: BundledPackage[];
}

export interface BundledFile {
  file: string;
  bytes: number;
  content: Uint8Array;
}

/**
 * Bundles the module in `folder` into two self-contained CommonJS files, which are all that its image adds:
 * `dist/main.cjs` listens and answers health, `dist/worker.cjs` holds the module and the Kubernetes client and is
 * loaded by the first call. Two files, because a process that only waits should not parse a Kubernetes client.
 *
 * The bytes depend on the sources and the lockfile alone: no clock, no path of the machine.
 *
 * @throws Error when the folder holds no module, or when a source does not bundle (esbuild's own report is printed).
 */
export async function bundle(folder: string): Promise<Bundle> {
  const root = resolve(folder);
  const { name, version } = await readManifest(root);

  const [main, worker] = await Promise.all([
    write(root, 'main', [
      "import { join } from 'node:path';",
      "import { serve } from '@forkspacer/sdk/serve';",
      `serve({ name: ${JSON.stringify(name)}, version: ${JSON.stringify(version)}, worker: join(__dirname, 'worker.cjs') });`,
    ]),
    write(root, 'worker', [
      "import { work } from '@forkspacer/sdk/worker';",
      "import module from './src/module.ts';",
      `work(module, { version: ${JSON.stringify(version)} });`,
    ]),
  ]);
  const packages = await packagesOf(root, [...main.inputs, ...worker.inputs]);
  return { name, version, main: main.output, worker: worker.output, packages };
}

/** The name (without its scope) and version of a module folder. */
export async function readManifest(root: string): Promise<{ name: string; version: string }> {
  const file = join(root, 'package.json');
  let manifest: { name?: unknown; version?: unknown };
  try {
    manifest = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`expected a module folder with a package.json, found none that reads at ${file}`, {
      cause,
    });
  }
  const name = typeof manifest.name === 'string' ? manifest.name.replace(/^@[^/]+\//, '') : '';
  if (!name || typeof manifest.version !== 'string') {
    throw new Error(
      `expected "name" and "version" in ${file}, found ${JSON.stringify(manifest.name)} and ${JSON.stringify(manifest.version)}`,
    );
  }
  return { name, version: manifest.version };
}

async function write(
  root: string,
  entry: 'main' | 'worker',
  source: string[],
): Promise<{ output: BundledFile; inputs: string[] }> {
  const file = join(root, 'dist', `${entry}.cjs`);
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents: source.join('\n'), resolveDir: root, sourcefile: `${entry}.ts`, loader: 'ts' },
    outfile: file,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    // Names stay readable in the stack traces that a module's author gets to see.
    minifyIdentifiers: false,
    legalComments: 'external',
    charset: 'utf8',
    metafile: true,
    logLevel: 'error',
    plugins: [leftOut, kubernetesClientHasNoSideEffects],
  });
  const files = outputFiles.map(({ path, text }) => ({
    path,
    contents: Buffer.from(path === file ? withoutStorePaths(text) : text),
  }));
  // Another process may be starting from these files, or making them as well.
  for (const { path, contents } of files) await writeWhole(path, contents);
  const { contents } = files.find(({ path }) => path === file)!;
  return {
    output: { file, bytes: contents.length, content: contents },
    inputs: Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((input) => inputs[input]!.bytesInOutput > 0),
    ),
  };
}

/**
 * esbuild names each CommonJS module after its path. Where packages are installed is the machine's business: the name
 * begins at the package.
 */
function withoutStorePaths(text: string): string {
  return text.replace(/(__commonJS\(\{")[^"]*\/node_modules\/(?=[^"]*"\()/g, '$1');
}

const ONLY_LISTED = {
  'models/all\\.js': '',
  'models/ObjectSerializer\\.js': 'export const ObjectSerializer = undefined;',
  'types/ObjectParamAPI\\.js': stub('@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js'),
};

/**
 * The client does not say that its files can be dropped when nothing of them is used, so a bundle would carry every
 * API group, several megabytes of them, and evaluate them at the first call.
 */
const kubernetesClientHasNoSideEffects: Plugin = {
  name: 'kubernetes-client-has-no-side-effects',
  setup({ onResolve, onLoad, resolve: resolveImport }) {
    onResolve(
      { filter: /^@kubernetes\/client-node(\/|$)/ },
      async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === 'resolved') return undefined;
        const found = await resolveImport(path, { importer, kind, resolveDir, pluginData: 'resolved' });
        return found.errors.length > 0 ? { errors: found.errors } : { ...found, sideEffects: false };
      },
    );
    // Its own imports name files, so they need no search: asking esbuild for each of its thousands takes seconds.
    onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, importer, resolveDir }) =>
      importer.includes('/@kubernetes/client-node/dist/')
        ? { path: join(resolveDir, path), sideEffects: false }
        : undefined,
    );
    // Its APIs (8 MB) and 750 models are only listed, by files that are needed for other things: to read them is most of
    // the time of a bundle. None is used: with them the bundle is the same to the byte.
    for (const [file, contents] of Object.entries(ONLY_LISTED)) {
      onLoad({ filter: new RegExp(`/@kubernetes/client-node/dist/gen/${file}$`) }, () => ({ contents }));
    }
  },
};
