export { imageOf, REGISTRY } from './entry.ts';
export { staleFiles, writeCatalog } from './generate.ts';
export type { CatalogIndex, CatalogModule, CatalogVersion } from './index-json.ts';
export { displayName, loadModules, type ModuleFolder } from './modules.ts';
