import { NEVER_REACHED } from '@forkspacer/kube/bundle';
import type { Plugin } from 'esbuild';

/**
 * What Express loads when it is imported and the runtime never calls: it reads bodies and headers itself, serves no
 * files, negotiates nothing, sets no cookies and no ETag, and answers with node's own response. With them the main
 * file takes twice as long to load and a third more memory.
 */
const EXPRESS = [
  'accepts',
  'body-parser',
  'content-disposition',
  'content-type',
  'cookie',
  'cookie-signature',
  'etag',
  'fresh',
  'http-errors',
  'mime-types',
  'qs',
  'range-parser',
  'send',
  'serve-static',
  'type-is',
  'vary',
];

/** Express's own tracing, which takes as long to load as everything else of it together. */
const SILENT = 'debug';

const ABSENT = [
  { packages: [...EXPRESS, SILENT], importers: /node_modules\/(express|finalhandler|router)\// },
  { packages: NEVER_REACHED.packages, importers: /node_modules\/@kubernetes\/client-node\// },
];

/** Leaves out what is imported and never reached. A function that says so stands in its place. */
export const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    for (const { packages, importers } of ABSENT) {
      onResolve({ filter: new RegExp(`^(${packages.join('|')})$`) }, ({ path, importer }) =>
        importers.test(importer) ? { path, namespace: 'left-out' } : undefined,
      );
    }
    onLoad({ filter: NEVER_REACHED.files }, ({ path }) => ({
      contents: stub(path.replace(/^.*node_modules\//, '')),
    }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents:
        path === SILENT ? 'module.exports = () => Object.assign(() => {}, { enabled: false });' : stub(path),
    }));
  },
};

/** A module whose every export throws, naming it, when it is called. */
export function stub(path: string): string {
  return `
    const absent = () => { throw new Error(${JSON.stringify(`${path} is not part of a module's bundle`)}); };
    module.exports = new Proxy(absent, { get: () => absent });`;
}
