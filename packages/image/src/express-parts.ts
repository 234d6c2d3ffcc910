import type { Plugin } from 'esbuild';

/**
 * What Express loads when it is imported and the runtime never calls: it reads bodies and headers itself, serves no
 * files, negotiates nothing, sets no cookies and no ETag, and answers with node's own response. In their place stands a function that says so, should one
 * of them be called after all. With them the main file takes twice as long to load and a third more memory.
 */
const UNUSED = [
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

export const expressPartsStayOut: Plugin = {
  name: 'express-parts-stay-out',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${[...UNUSED, SILENT].join('|')})$`);
    onResolve({ filter }, ({ path, importer }) =>
      /node_modules\/(express|finalhandler|router)\//.test(importer)
        ? { path, namespace: 'left-out' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents:
        path === SILENT
          ? 'module.exports = () => Object.assign(() => {}, { enabled: false });'
          : `const absent = () => { throw new Error(${JSON.stringify(`${path} is not part of a module's bundle`)}); };
             module.exports = new Proxy(absent, { get: () => absent });`,
    }));
  },
};
