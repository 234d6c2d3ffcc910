import type { Plugin } from 'esbuild';

/**
 * What Express loads when it is imported and the runtime never calls: it reads bodies itself, serves no files, and
 * answers with node's own response. With them the main file takes twice as long to load and a third more memory.
 */
const UNUSED = ['body-parser', 'mime-types', 'qs', 'send', 'serve-static'];

/** In their place stands a function that says so, should one of them be called after all. */
export const expressPartsStayOut: Plugin = {
  name: 'express-parts-stay-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${UNUSED.join('|')})$`) }, ({ path, importer }) =>
      /node_modules\/(express|accepts|type-is)\//.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `
        const absent = () => { throw new Error(${JSON.stringify(`${path} is not part of a module's bundle`)}); };
        module.exports = new Proxy(absent, { get: () => absent });`,
    }));
  },
};
